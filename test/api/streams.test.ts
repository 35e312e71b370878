/** Output and input of containers and execs: attach, logs, exec, with and without a terminal. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Container, ContainerCreateOptions, Exec, ExecCreateOptions } from 'dockerode'
import { demultiplex } from '../support/demultiplex.ts'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'

describe('streams', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  before(async () => {
    engine = await startEngine()
  })
  after(() => engine?.[Symbol.asyncDispose]())
  afterEach(async () => {
    const all = await engine.dockerode.listContainers({ all: true })
    await Promise.all(all.map(({ Id }) => engine.dockerode.getContainer(Id).remove({ force: true })))
  })

  const create = (Cmd: string[], more: ContainerCreateOptions = {}) => engine.dockerode.createContainer({ Image: 'tiny', Cmd, ...more })
  const start = async (Cmd: string[], more: ContainerCreateOptions = {}): Promise<Container> => {
    const container = await create(Cmd, more)
    await container.start()
    return container
  }
  const all = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true } as const
  const piped = { OpenStdin: true, StdinOnce: true, AttachStdin: true }
  const terminal = { Tty: true, OpenStdin: true, AttachStdin: true }
  const attach = async (container: Container): Promise<Duplex> => asDuplex(await container.attach(all))
  const logs = async (container: Container, options: object = {}) =>
    demultiplex(await container.logs({ stdout: true, stderr: true, ...options }))

  test('attach before the start has all output, by stream, and the end of input ends it', async () => {
    const container = await create(['sh', '-c', 'cat; echo err >&2; echo end'], piped)
    const stream = await attach(container)
    await container.start()
    stream.end('some input\n')
    const output = demultiplex(await collect(stream))
    assert.deepEqual(output, { stdout: 'some input\nend\n', stderr: 'err\n' })
    assert.equal((await container.wait()).StatusCode, 0)
  })

  test('without StdinOnce a client that ends its input leaves the container’s open', async () => {
    const container = await start(['cat'], { OpenStdin: true })
    for (const words of ['one\n', 'two\n']) {
      const stream = await attach(container)
      stream.end(words)
      await eventually('it has come', async () => (await logs(container)).stdout.endsWith(words))
      stream.destroy()
    }
    assert.equal((await container.inspect()).State.Running, true)
  })

  test('a megabyte through the input comes out whole', async () => {
    const container = await create(['md5sum'], piped)
    const stream = await attach(container)
    await container.start()
    stream.end(Buffer.alloc(1 << 20, 'abcdefgh'))
    const expected = createHash('md5')
      .update(Buffer.alloc(1 << 20, 'abcdefgh'))
      .digest('hex')
    assert.equal(demultiplex(await collect(stream)).stdout, `${expected}  -\n`)
  })

  test('two clients attached see the same', async () => {
    const container = await create(['sh', '-c', 'read x; echo for all'], piped)
    const [first, second] = await Promise.all([attach(container), attach(container)])
    await container.start()
    const outputs = Promise.all([collect(first), collect(second)])
    first.write('\n')
    assert.deepEqual(
      (await outputs).map((output) => demultiplex(output).stdout),
      ['for all\n', 'for all\n'],
    )
  })

  test('a terminal has the size it is given, and hears of a new one', async () => {
    const container = await create(['sh', '-c', 'stty size; trap "stty size" WINCH; echo ready; while :; do sleep 0.02; done'], {
      ...terminal,
      HostConfig: { ConsoleSize: [31, 97] },
    })
    await container.start()
    await eventually('its size', async () => (await container.logs({ stdout: true })).toString().startsWith('31 97\r\nready'))
    await container.resize({ h: 40, w: 120 })
    await eventually('its new size', async () => (await container.logs({ stdout: true })).toString().endsWith('40 120\r\n'))
  })

  test('a terminal is raw bytes, with an interrupt at ctrl-c', async () => {
    const container = await create(['sh', '-c', 'trap "exit 130" INT; echo ready; while read line; do echo "got $line"; done'], terminal)
    const stream = await attach(container)
    let output = ''
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await container.start()
    await eventually('it is ready', () => output === 'ready\r\n')
    stream.write('hello\n')
    await eventually('the echo and the answer', () => output === 'ready\r\nhello\r\ngot hello\r\n')
    stream.write('\x03')
    assert.equal((await container.wait()).StatusCode, 130)
  })

  test('logs: by stream, the last lines, from and to a moment', async () => {
    // Each line has a moment of its own: the next one is written when it is in the log.
    const container = await start(['sh', '-c', 'echo 1; read x; echo 2 >&2; read x; echo 3'], { OpenStdin: true })
    const input = await attach(container)
    await eventually('the first line', async () => (await logs(container)).stdout === '1\n')
    input.write('\n')
    await eventually('the second line', async () => (await logs(container)).stderr === '2\n')
    input.write('\n')
    await container.wait()
    input.destroy()
    assert.deepEqual(await logs(container), { stdout: '1\n3\n', stderr: '2\n' })
    assert.deepEqual(await logs(container, { stderr: false }), { stdout: '1\n3\n', stderr: '' })
    assert.deepEqual(await logs(container, { tail: 2 }), { stdout: '3\n', stderr: '2\n' })
    assert.deepEqual(await logs(container, { tail: 0 }), { stdout: '', stderr: '' })
    const { stdout, stderr } = await logs(container, { timestamps: true })
    const moments = [...stdout.trim().split('\n'), stderr.trim()].map((line) => line.split(' ')[0] ?? '')
    assert.ok(moments.every((moment) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/.test(moment)))
    const second = seconds(moments[2] ?? '')
    assert.deepEqual(await logs(container, { since: second }), { stdout: '3\n', stderr: '2\n' })
    assert.deepEqual(await logs(container, { until: second }), { stdout: '1\n', stderr: '2\n' })
    await assert.rejects(container.logs({ stdout: false, stderr: false }), { statusCode: 400 })
  })

  test('logs follow over a restart, and end when the container is stopped', async () => {
    const container = await start(['sh', '-c', 'echo run; exec sleep 1000'])
    const stream = await container.logs({ stdout: true, stderr: true, follow: true })
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    const seen = () => demultiplex(Buffer.concat(chunks)).stdout
    await eventually('the first run', () => seen() === 'run\n')
    await container.restart({ t: 0 })
    await eventually('the second run', () => seen() === 'run\nrun\n')
    const ended = once(stream, 'end')
    await container.stop({ t: 0 })
    await ended
    assert.equal(seen(), 'run\nrun\n')
  })

  const exec = async (container: Container, Cmd: string[], options: ExecCreateOptions = {}, input?: string) => {
    const made = await container.exec({ Cmd, AttachStdout: true, AttachStderr: true, ...options })
    const stream = asDuplex(
      await made.start({ hijack: true, stdin: options.AttachStdin ?? false, ...(options.Tty === undefined ? {} : { Tty: options.Tty }) }),
    )
    if (input !== undefined) stream.end(input)
    const output = await collect(stream)
    return { ...(options.Tty === true ? { stdout: output.toString(), stderr: '' } : demultiplex(output)), code: await exitCode(made) }
  }

  test('a container whose input has ended is taken over by the next helper', async () => {
    const container = await create(['sh', '-c', 'cat; exec sleep 1000'], piped)
    const stream = await attach(container)
    await container.start()
    stream.end('all of it\n')
    await eventually('it has come to its sleep', async () => JSON.stringify((await container.top()).Processes).includes('sleep 1000'))
    const { Pid } = (await container.inspect()).State
    await engine.helper.restart()
    assert.partialDeepStrictEqual((await container.inspect()).State, { Running: true, Pid })
    assert.equal((await logs(container)).stdout, 'all of it\n')
  })

  test('exec: output, input, codes, user, environment, folder, privileges', async () => {
    const container = await start(['sleep', '1000'], { Env: ['A=1'], WorkingDir: '/tmp' })
    assert.deepEqual(await exec(container, ['sh', '-c', 'echo out; echo err >&2; exit 3']), { stdout: 'out\n', stderr: 'err\n', code: 3 })
    assert.deepEqual(await exec(container, ['md5sum'], { AttachStdin: true }, 'hello'), {
      stdout: '5d41402abc4b2a76b9719d911017c592  -\n',
      stderr: '',
      code: 0,
    })
    assert.equal(
      (await exec(container, ['sh', '-c', 'echo $A $B $PWD; id -un'], { Env: ['B=2'], User: 'user', WorkingDir: '/var' })).stdout,
      '1 2 /var\nuser\n',
    )
    assert.equal((await exec(container, ['pwd'])).stdout, '/tmp\n')
    assert.equal((await exec(container, ['sh', '-c', 'kill -15 $$'])).code, 143)
    const capabilities = ['sh', '-c', 'grep ^CapEff: /proc/self/status | cut -f2']
    assert.equal((await exec(container, capabilities)).stdout, '00000000a80425fb\n')
    assert.match((await exec(container, capabilities, { Privileged: true })).stdout, /^000001ff/)
    assert.match(
      (await exec(container, ['sh', '-c', 'tty; stty size'], { Tty: true, ConsoleSize: [44, 55] })).stdout,
      /^\/dev\/pts\/\d+\r\n44 55\r\n$/,
    )
    assert.equal(
      (await exec(container, ['sh', '-c', 'cat /proc/self/cgroup'])).stdout,
      (await exec(container, ['cat', '/proc/1/cgroup'])).stdout,
    )
  })

  test('exec: a command that is not there is 127, one that may not be executed 126', async () => {
    const container = await start(['sleep', '1000'])
    for (const [command, code] of [
      ['no-such-command', 127],
      ['/etc/passwd', 126],
    ] as const) {
      const attached = await exec(container, [command])
      assert.equal(attached.code, code)
      const detached = await container.exec({ Cmd: [command] })
      await assert.rejects(detached.start({ Detach: true }), { statusCode: 400 })
      assert.equal(await exitCode(detached), code)
    }
    assert.equal((await container.inspect()).ExecIDs ?? null, null)
  })

  test('exec: detached, resized, and looked at', async () => {
    const container = await start(['sleep', '1000'])
    const detached = await container.exec({ Cmd: ['sh', '-c', 'echo > /done'] })
    await detached.start({ Detach: true })
    await eventually('it is done', async () => (await exec(container, ['test', '-e', '/done'])).code === 0)
    const made = await container.exec({
      Cmd: ['sh', '-c', 'trap "stty size" WINCH; echo ready; while :; do sleep 0.02; done'],
      Tty: true,
      AttachStdout: true,
      AttachStdin: true,
    })
    await assert.rejects(made.resize({ h: 10, w: 20 }), { statusCode: 409 })
    const stream = asDuplex(await made.start({ hijack: true, stdin: true, Tty: true }))
    let output = ''
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await eventually('it is ready', () => output.includes('ready'))
    await made.resize({ h: 33, w: 77 })
    await eventually('it has its size', () => output.includes('33 77'))
    const state = await made.inspect()
    assert.partialDeepStrictEqual(state, { Running: true, ExitCode: null, ID: made.id })
    await assert.rejects(made.start({ hijack: true, stdin: false }), { statusCode: 409 })
    await container.stop({ t: 0 })
    await eventually('it has ended with its container', async () => !(await made.inspect()).Running)
    assert.equal((await made.inspect()).ExitCode, 137)
    stream.destroy()
  })

  test('exec: the command’s end counts, not that of what it leaves in the background', async () => {
    const container = await start(['sleep', '1000'])
    const begun = performance.now()
    assert.equal((await exec(container, ['sh', '-c', 'sleep 1000 & echo left'])).stdout, 'left\n')
    assert.ok(performance.now() - begun < 60_000)
  })
})

async function exitCode(made: Exec): Promise<number | null> {
  await eventually('it has ended', async () => !(await made.inspect()).Running)
  return (await made.inspect()).ExitCode
}

function seconds(moment: string): string {
  const whole = Math.floor(Date.parse(moment) / 1000)
  return `${whole}.${moment.slice(20, 29)}`
}

async function collect(stream: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function asDuplex(stream: NodeJS.ReadWriteStream): Duplex {
  assert.ok(stream instanceof Duplex)
  return stream
}
