/** S6: a server that means harm, or is broken: the client ends in time, with its memory bounded and an error that says what happened. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ServerChannel } from 'ssh2'
import { connectTo } from '../../ssh/connection/connect.ts'
import { probe } from '../../ssh/delivery/probe.ts'
import { runScript } from '../../ssh/delivery/run-script.ts'
import { scriptedQuestions } from '../support/ssh-client.ts'
import { makeClientHome, makeKey, startRawServer, startSshServer } from '../support/ssh-server.ts'

const key = makeKey()

function homeOf(port: number, lines = '') {
  const config = `Host box\n  HostName 127.0.0.1\n  Port ${port}\n  User dev\n${lines}`
  return makeClientHome({ config, known_hosts: `[127.0.0.1]:${port} ${key.public}\n` })
}

/** For servers that are waited for in vain. */
const SOON = '  ConnectTimeout 1\n'

/** Megabytes that this process has more of after the work. */
async function growth(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().rss
  await work()
  return (process.memoryUsage().rss - before) / 1e6
}

const connectBox = (home: ReturnType<typeof homeOf>) => connectTo({ host: 'box' }, { place: home.place, questions: undefined })

/** A server whose programs are these. */
const serverOf = (program: (channel: ServerChannel, command: string) => void) =>
  startSshServer({
    keys: [key],
    onReady: (connection) =>
      connection.on('session', (accept) => accept().on('exec', (take, _reject, { command }) => program(take(), command))),
  })

describe('S6: hostile servers', () => {
  test('one that says nothing is left in time', async () => {
    await using server = await startRawServer(() => {})
    using home = homeOf(server.port, SOON)
    await assert.rejects(connectBox(home), { code: 'ssh-timed-out' })
  })

  test('a greeting without an end is cut off', async () => {
    await using server = await startRawServer((socket) => {
      const line = Buffer.from(`${'x'.repeat(200)}\r\n`)
      const flood = () => {
        while (socket.writable && socket.write(line));
        socket.once('drain', flood)
      }
      flood()
    })
    using home = homeOf(server.port, SOON)
    const grown = await growth(() => assert.rejects(connectBox(home), { kind: 'Unavailable' }))
    assert.ok(grown < 100, `${grown} MB more`)
  })

  test('a packet that says it is a gigabyte is refused', async () => {
    await using server = await startRawServer((socket) => {
      socket.write('SSH-2.0-hostile\r\n')
      socket.once('data', () => socket.write(Buffer.from([0x40, 0, 0, 0, 4, 20, 0, 0])))
    })
    using home = homeOf(server.port)
    await assert.rejects(connectBox(home), { kind: 'Unavailable' })
  })

  test('bytes that are no SSH end it', async () => {
    await using server = await startRawServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    using home = homeOf(server.port)
    await assert.rejects(connectBox(home), { code: 'ssh-lost' })
  })

  test('a server that goes on asking questions is answered three times', async () => {
    await using server = await startSshServer({
      keys: [key],
      onAuth: (context) => context.reject(['password', 'keyboard-interactive']),
    })
    using home = homeOf(server.port)
    const questions = scriptedQuestions({ password: 'x', prompts: () => [] })
    await assert.rejects(connectTo({ host: 'box' }, { place: home.place, questions }), { code: 'ssh-auth-failed' })
    assert.deepEqual(server.auths, ['none', ...Array(3).fill('keyboard-interactive'), ...Array(3).fill('password')])
    assert.equal(questions.asked.length, 3)
  })

  for (const where of ['stdout', 'stderr'] as const)
    test(`output without an end on ${where} is kept no further than a bound`, async () => {
      const flood = Buffer.alloc(1 << 20, 'x')
      await using server = await serverOf((channel) => {
        const output = where === 'stdout' ? channel : channel.stderr
        let left = 64
        const more = () => {
          if (left-- > 0) return void output.write(flood, more)
          channel.exit(0)
          channel.end()
        }
        more()
      })
      using home = homeOf(server.port)
      const connection = await connectBox(home)
      const grown = await growth(() => assert.rejects(runScript(connection, { text: 'say x\n', words: {} }), { code: 'ssh-no-shell' }))
      connection.close()
      assert.ok(grown < 150, `${grown} MB more`)
    })

  test('a server that sends more than the window allows is left', async () => {
    await using server = await serverOf((channel) => {
      const protocol: unknown = Reflect.get(Reflect.get(channel, '_client'), '_protocol')
      const outgoing: unknown = Reflect.get(channel, 'outgoing')
      const send = Reflect.get(Object(protocol), 'channelData').bind(protocol)
      // Past ssh2's own count of what it may send.
      for (let count = 0; count < 200; count++) send(Reflect.get(Object(outgoing), 'id'), Buffer.alloc(32_000))
    })
    using home = homeOf(server.port)
    const connection = await connectBox(home)
    await connection.exec('anything')
    assert.equal((await connection.closed).code, 'ssh-protocol')
  })

  test('a program that ends without a status has none, and is no success', async () => {
    await using server = await serverOf((channel) => channel.end())
    using home = homeOf(server.port)
    const connection = await connectBox(home)
    const { exit, stream } = await connection.exec('x')
    stream.resume()
    assert.equal(await exit, undefined)
    await assert.rejects(probe(connection, { runRoot: '/run/pocker', programs: {} }), { code: 'ssh-no-shell' })
    connection.close()
  })

  test('a banner that looks like an answer is none, for it knows no nonce', async () => {
    await using server = await serverOf((channel) => channel.end('\nsocket yes\nuid 0\nend\n'))
    using home = homeOf(server.port)
    const connection = await connectBox(home)
    await assert.rejects(probe(connection, { runRoot: '/run/pocker', programs: {} }), { code: 'ssh-no-shell' })
    connection.close()
  })

  const LIES = {
    'no Linux': [['system Darwin'], 'host-unsupported'],
    'a kernel that is too old': [['system Linux', 'release 4.19.0', 'machine x86_64', 'libc glibc 2.36'], 'host-unsupported'],
    'another C library': [['system Linux', 'release 6.1.0', 'machine x86_64', 'libc other'], 'host-unsupported'],
    'an old C library': [['system Linux', 'release 6.1.0', 'machine x86_64', 'libc glibc 2.17'], 'host-unsupported'],
    'another processor': [['system Linux', 'release 6.1.0', 'machine riscv64', 'libc glibc 2.36'], 'host-unsupported'],
    'no user': [['uid $(id)'], 'host-unsupported'],
  } as const
  for (const [what, [lines, code]] of Object.entries(LIES))
    test(`a host with ${what} is told so`, async () => {
      await using server = await serverOf((channel) => answerScript(channel, ['uid 1000', ...lines]))
      using home = homeOf(server.port)
      const connection = await connectBox(home)
      await assert.rejects(probe(connection, { runRoot: '/run/pocker', programs: {} }), { code })
      connection.close()
    })

  test('a program’s folder that a host names is only one that Pocker makes', async () => {
    const facts = ['uid 1000', 'system Linux', 'release 6.1.0', 'machine x86_64', 'libc glibc 2.36', 'home relative']
    const evil = ['program /tmp/$(id)', 'program /tmp/pocker', `program /usr/local/lib/pocker/${'a'.repeat(64)}`]
    await using server = await serverOf((channel) => answerScript(channel, [...facts, ...evil]))
    using home = homeOf(server.port)
    const connection = await connectBox(home)
    const found = await probe(connection, { runRoot: '/run/pocker', programs: { x64: 'a'.repeat(64) } })
    assert.deepEqual([found.program, found.hasOwnProgram, found.home], [`/usr/local/lib/pocker/${'a'.repeat(64)}`, true, '/'])
    connection.close()
  })
})

/** Answers as the script would, with the nonce that it was sent. */
function answerScript(channel: ServerChannel, lines: readonly string[]): void {
  let text = ''
  channel.on('data', (piece: Buffer) => {
    text += String(piece)
    const [, nonce] = /^nonce='([0-9a-f]+)'/m.exec(text) ?? []
    if (nonce === undefined) return
    channel.removeAllListeners('data')
    channel.write(lines.map((line) => `\n${nonce} ${line}\n`).join(''))
    channel.exit(0)
    channel.end()
  })
}
