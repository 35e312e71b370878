/** kill -9 of the helper with twenty containers running: nothing of theirs is lost. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Container, ContainerCreateOptions, ContainerInspectInfo } from 'dockerode'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'

/** Ends once the test has made the file `/go/now`. */
const untilTold = (end: string) => ['sh', '-c', `while ! test -e /go/now; do usleep 5000; done; ${end}`]
const count = ['sh', '-c', 'i=0; while :; do echo $i; i=$((i+1)); usleep 2000; done']
const answer = ['sh', '-c', 'stty -echo; echo ready; while read line; do echo "got $line"; done']
const FLOOD = 24 << 20

describe('kill -9 of the helper', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  let folder: TemporaryFolder
  before(async () => {
    engine = await startEngine()
    folder = makeTemporaryFolder('survival')
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
    await folder?.[Symbol.asyncDispose]()
  })

  const start = async (name: string, Cmd: string[], more: ContainerCreateOptions = {}): Promise<Container> => {
    const HostConfig = { Binds: [`${folder.path}/go:/go`], ...more.HostConfig }
    const container = await engine.dockerode.createContainer({ Image: 'tiny', name, Cmd, ...more, HostConfig })
    await container.start()
    return container
  }
  const outputOf = async (container: Container): Promise<string> => {
    const raw = await container.logs({ stdout: true, stderr: true })
    const parts: Buffer[] = []
    for (let at = 0; at + 8 <= raw.length; at += 8 + raw.readUInt32BE(at + 4))
      parts.push(raw.subarray(at + 8, at + 8 + raw.readUInt32BE(at + 4)))
    return Buffer.concat(parts).toString('latin1')
  }
  const terminal = { Tty: true, OpenStdin: true, AttachStdin: true }

  test('twenty running containers go on, with their logs, terminals and exit codes', async () => {
    mkdirSync(join(folder.path, 'go'))
    const counters = await Promise.all(['c1', 'c2', 'c3', 'c4', 'c5', 'c6'].map((name) => start(name, count)))
    const terminals = await Promise.all(['t1', 't2', 't3'].map((name) => start(name, answer, terminal)))
    const piped = await start('piped', ['cat'], { OpenStdin: true })
    const ends = await Promise.all([
      start('zero', untilTold('exit 0')),
      start('seven', untilTold('exit 7')),
      start('crashed', untilTold('exec probe signal-self 11'), { HostConfig: { Init: true } }),
      start('dead', untilTold('exit 1')),
    ])
    const paused = await start('paused', count)
    await paused.pause()
    const always = await start('always', ['sleep', '1000'], {
      HostConfig: { RestartPolicy: { Name: 'always' } },
    })
    const removed = await start('removed', untilTold('exit 3'), { HostConfig: { AutoRemove: true } })
    const kept = await start('kept', ['sleep', '1000'], { HostConfig: { AutoRemove: true } })
    for (const container of terminals)
      await eventually('the terminal is ready', async () => (await container.logs({ stdout: true })).includes('ready'))
    // As late as can be: it is to be in the middle of its output.
    const floods = await Promise.all(['f1', 'f2'].map((name) => start(name, ['probe', 'write-bytes', String(FLOOD)])))
    const lasting = [...counters, ...terminals, piped, paused, kept]
    const before = new Map<string, ContainerInspectInfo>()
    for (const container of [...lasting, ...ends, always]) before.set(container.id, await container.inspect())
    assert.equal((await engine.dockerode.listContainers({ all: true })).length, 20)

    await engine.helper.end('SIGKILL')
    process.kill(before.get(ends[3]?.id ?? '')?.State.Pid ?? 0, 'SIGKILL')
    process.kill(before.get(always.id)?.State.Pid ?? 0, 'SIGKILL')
    writeFileSync(join(folder.path, 'go/now'), '')
    await Promise.all(
      [...ends, always].map((container) => eventually('it has ended', () => isGone(before.get(container.id)?.State.Pid ?? 0))),
    )
    await engine.helper.restart()

    for (const container of lasting) {
      const { State } = await container.inspect()
      const { Status, Pid, StartedAt } = before.get(container.id)?.State ?? {}
      assert.partialDeepStrictEqual(State, { Status, Pid, StartedAt })
    }
    const statesOfEnds = () => Promise.all(ends.map(async (container) => (await container.inspect()).State))
    await eventually('their ends are known', async () => (await statesOfEnds()).every(({ Running }) => !Running))
    const codes = await statesOfEnds()
    assert.deepEqual(
      codes.map(({ ExitCode, Status }) => `${Status} ${ExitCode}`),
      ['exited 0', 'exited 7', 'exited 139', 'exited 137'],
    )
    for (const { FinishedAt, StartedAt } of codes) assert.ok(FinishedAt > StartedAt)
    await eventually('the one that removes itself is gone', () =>
      removed.inspect().then(
        () => false,
        () => true,
      ),
    )
    await eventually('the one that is always restarted runs', async () => (await always.inspect()).State.Running)
    assert.notEqual((await always.inspect()).State.Pid, before.get(always.id)?.State.Pid)

    for (const container of counters) await assertCounts(container, 100)
    await paused.unpause()
    await assertCounts(paused, 1)
    for (const flood of floods) {
      assert.equal((await flood.wait()).StatusCode, 0)
      const lines = await outputOf(flood)
      assert.equal(lines.length, FLOOD)
      for (let line = 0; line * 64 < lines.length; line++) {
        if (Number(lines.slice(line * 64, line * 64 + 15)) !== line) assert.fail(`line ${line}: ${lines.slice(line * 64, line * 64 + 15)}`)
      }
    }
    for (const container of terminals) assert.match(await converse(container, 'hello\n', 'got hello'), /got hello/)
    assert.match(await converse(piped, 'through the pipe\n', 'through the pipe'), /through the pipe/)
    assert.equal((await engine.docker('exec', 't1', 'sh', '-c', 'exit 12')).code, 12)
    assert.equal(
      (await engine.docker('exec', 'c1', 'sh', '-c', 'readlink /proc/self/ns/pid; hostname')).stdout.split('\n')[1],
      counters[0]?.id.slice(0, 12),
    )
    await counters[0]?.stop({ t: 0 })
    assert.equal((await counters[0]?.inspect())?.State.ExitCode, 137)
    await kept.kill()
    await eventually('it has removed itself', () =>
      kept.inspect().then(
        () => false,
        () => true,
      ),
    )
  })

  test('a helper that is told to leave leaves containers running, too', async () => {
    const container = await start('left', count)
    const { Pid } = (await container.inspect()).State
    await engine.helper.restart('SIGTERM')
    assert.equal((await container.inspect()).State.Pid, Pid)
    await engine.helper.restart('SIGTERM')
    await assertCounts(container, 10)
  })

  /** All numbers are in the log, and it grows. */
  async function assertCounts(container: Container, atLeast: number): Promise<void> {
    const length = (await outputOf(container)).length
    await eventually(
      'its log grows',
      async () => (await outputOf(container)).split('\n').length > atLeast && (await outputOf(container)).length > length,
    )
    const numbers = (await outputOf(container)).split('\n').slice(0, -1).map(Number)
    assert.deepEqual(
      numbers,
      Array.from(numbers, (_, index) => index),
    )
  }
})

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

/** Attaches, writes, and reads until the answer has come. */
async function converse(container: Container, words: string, answer: string): Promise<string> {
  const stream = await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true })
  let text = ''
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  stream.write(words)
  await eventually(`the answer ${answer} has come`, () => text.includes(answer))
  if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy()
  return text
}
