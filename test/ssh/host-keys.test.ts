/** S1, S2, S4, S5: to whom the client talks, and what it says before it knows. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { isTerrapinProne } from '../../ssh/connection/algorithms.ts'
import { connectTo } from '../../ssh/connection/connect.ts'
import { run } from '../support/run.ts'
import { type Answers, scriptedQuestions } from '../support/ssh-client.ts'
import { makeClientHome, makeKey, startSshServer, type TestKey } from '../support/ssh-server.ts'

const known = (port: number, key: TestKey) => `[127.0.0.1]:${port} ${key.public}\n`

function settingsOf(port: number, more = ''): string {
  return `Host box\n  HostName 127.0.0.1\n  Port ${port}\n  User dev\n${more}`
}

async function connectBox(home: ReturnType<typeof makeClientHome>, answers: Answers | undefined) {
  const questions = answers === undefined ? undefined : scriptedQuestions(answers)
  return await connectTo({ host: 'box' }, { place: home.place, questions })
}

describe('S1: the host’s key', () => {
  test('an unknown one is asked for before anything is sent that tells who we are, and written down', async () => {
    const key = makeKey()
    await using server = await startSshServer({ keys: [key] })
    using home = makeClientHome({ config: settingsOf(server.port) })
    const questions = scriptedQuestions({})
    const accept = questions.acceptKey
    let seen: readonly string[] = ['none']
    const connection = await connectTo(
      { host: 'box' },
      {
        place: home.place,
        questions: {
          ...questions,
          acceptKey: async (question) => {
            await new Promise((resolve) => setTimeout(resolve, 50))
            seen = [...server.auths]
            return await accept(question)
          },
        },
      },
    )
    connection.close()
    assert.deepEqual(seen, [])
    assert.equal(readFileSync(home.knownHosts, 'utf8'), known(server.port, key))
    const again = await connectBox(home, undefined)
    again.close()
  })

  test('one that is not accepted ends it, and nothing is written', async () => {
    await using server = await startSshServer()
    using home = makeClientHome({ config: settingsOf(server.port) })
    await assert.rejects(connectBox(home, { accept: false }), { code: 'cancelled' })
    await assert.rejects(connectBox(home, undefined), { code: 'ssh-needs-answer' })
    assert.deepEqual([server.auths, existsSync(home.knownHosts)], [[], false])
  })

  test('a changed one is refused without a question', async () => {
    const key = makeKey()
    await using server = await startSshServer({ keys: [key] })
    using home = makeClientHome({ config: settingsOf(server.port), known_hosts: known(server.port, makeKey()) })
    const questions = scriptedQuestions({})
    await assert.rejects(connectTo({ host: 'box' }, { place: home.place, questions }), { code: 'host-key-changed' })
    assert.deepEqual([questions.asked, server.auths], [[], []])
  })

  test('of several keys of a host the one that is known is asked for', async () => {
    const [ed25519, rsa] = [makeKey(), makeKey('rsa')]
    await using server = await startSshServer({ keys: [ed25519, rsa] })
    using home = makeClientHome({ config: settingsOf(server.port), known_hosts: known(server.port, rsa) })
    const connection = await connectBox(home, undefined)
    connection.close()
  })

  test('two that connect at once write it down once', async () => {
    const key = makeKey()
    await using server = await startSshServer({ keys: [key] })
    using home = makeClientHome({ config: settingsOf(server.port) })
    for (const connection of await Promise.all([1, 2, 3].map(() => connectBox(home, {})))) connection.close()
    assert.equal(readFileSync(home.knownHosts, 'utf8'), known(server.port, key))
  })

  test('two windows, which are two processes, write each key down once', async () => {
    using home = makeClientHome({})
    const ROUNDS = 100
    const source = join(import.meta.dirname, '../../ssh/known-hosts/add-key.ts')
    // Both come to each key in the same moment.
    const window = `
      import { addKey } from ${JSON.stringify(source)}
      const [path, began] = process.argv.slice(1)
      const key = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.alloc(36)])
      for (let round = 0; round < ${ROUNDS}; round++) {
        while (Date.now() < Number(began) + round * 10);
        await addKey(path, 'host' + round, key)
      }`
    const words = ['--input-type=module-typescript', '--eval', window, home.knownHosts, String(Date.now() + 1000)]
    for (const { code, stderr } of await Promise.all([1, 2].map(() => run(process.execPath, words)))) assert.equal(code, 0, stderr)
    const names = readFileSync(home.knownHosts, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0])
    assert.deepEqual(
      names,
      Array.from({ length: ROUNDS }, (_, round) => `host${round}`),
    )
  })

  test('a list of known hosts that cannot be read knows no host', async () => {
    await using server = await startSshServer()
    using home = makeClientHome({ config: settingsOf(server.port) })
    mkdirSync(home.knownHosts)
    await assert.rejects(connectBox(home, {}), { code: 'known-hosts-unreadable' })
    assert.deepEqual(server.auths, [])
  })

  test('StrictHostKeyChecking and HostKeyAlias are followed', async () => {
    const key = makeKey()
    await using server = await startSshServer({ keys: [key] })
    using strict = makeClientHome({ config: settingsOf(server.port, '  StrictHostKeyChecking yes\n') })
    await assert.rejects(connectBox(strict, {}), { code: 'ssh-forbidden' })
    using fresh = makeClientHome({ config: settingsOf(server.port, '  StrictHostKeyChecking accept-new\n  HostKeyAlias other\n') })
    const connection = await connectBox(fresh, undefined)
    connection.close()
    assert.equal(readFileSync(fresh.knownHosts, 'utf8'), `other ${key.public}\n`)
  })
})

describe('S2: algorithms', () => {
  test('nothing is offered that is known to be weak', async () => {
    const key = makeKey()
    await using server = await startSshServer({ keys: [key] })
    using home = makeClientHome({ config: settingsOf(server.port), known_hosts: known(server.port, key) })
    const connection = await connectBox(home, undefined)
    connection.close()
    const offered = server.offers.join('\n')
    assert.match(offered, /aes128-gcm@openssh\.com,/)
    assert.match(offered, /kex-strict-c-v00@openssh\.com/)
    assert.doesNotMatch(offered, /ssh-rsa|ssh-dss|group1-|sha1|cbc|arcfour|md5|zlib/)
  })

  const WEAK = {
    kex: { kex: ['diffie-hellman-group14-sha1'] },
    cipher: { cipher: ['aes128-cbc'] },
    mac: { cipher: ['aes128-ctr'], hmac: ['hmac-sha1'] },
    key: { serverHostKey: ['ssh-rsa'] },
  } as const
  for (const [what, algorithms] of Object.entries(WEAK))
    test(`a server that knows only a weak ${what} is left`, async () => {
      const key = makeKey('rsa')
      await using server = await startSshServer({ keys: [key], config: { algorithms: structuredClone(algorithms) as object } })
      using home = makeClientHome({ config: settingsOf(server.port), known_hosts: known(server.port, key) })
      await assert.rejects(connectBox(home, undefined), { code: 'ssh-no-common-algorithm' })
      assert.deepEqual(server.auths, [])
    })

  test('what Terrapin needs is told apart', () => {
    assert.equal(isTerrapinProne('chacha20-poly1305@openssh.com', ''), true)
    assert.equal(isTerrapinProne('aes128-ctr', 'hmac-sha2-256-etm@openssh.com'), true)
    assert.equal(isTerrapinProne('aes128-gcm@openssh.com', 'hmac-sha2-256-etm@openssh.com'), false)
    assert.equal(isTerrapinProne('aes128-ctr', 'hmac-sha2-256'), false)
  })
})

describe('S4: the way to a host', () => {
  const forwards = (port: number) => ({
    onReady: (connection: import('ssh2').Connection) => {
      connection.on('tcpip', async (accept, _reject, info) => {
        const { connect } = await import('node:net')
        const stream = accept()
        assert.equal(info.destPort, port)
        const socket = connect(port, '127.0.0.1')
        socket.on('error', () => stream.end())
        stream.on('error', () => socket.destroy())
        stream.pipe(socket).pipe(stream)
      })
    },
  })

  test('each host on it is verified by its own key', async () => {
    const [jumpKey, key] = [makeKey(), makeKey()]
    await using server = await startSshServer({ keys: [key] })
    await using jump = await startSshServer({ keys: [jumpKey], ...forwards(server.port) })
    const config = `${settingsOf(server.port, '  ProxyJump gate\n')}Host gate\n  HostName 127.0.0.1\n  Port ${jump.port}\n  User through\n`
    using home = makeClientHome({ config, known_hosts: known(server.port, key) + known(jump.port, jumpKey) })
    const connection = await connectBox(home, undefined)
    assert.equal(connection.isOpen, true)
    connection.close()
    using wrongJump = makeClientHome({ config, known_hosts: known(server.port, key) + known(jump.port, makeKey()) })
    await assert.rejects(connectBox(wrongJump, {}), { code: 'host-key-changed' })
    using wrongEnd = makeClientHome({ config, known_hosts: known(server.port, makeKey()) + known(jump.port, jumpKey) })
    await assert.rejects(connectBox(wrongEnd, {}), { code: 'host-key-changed' })
  })

  test('jumps in a circle end', async () => {
    using home = makeClientHome({ config: 'Host box\n  ProxyJump gate\nHost gate\n  ProxyJump box\n' })
    await assert.rejects(connectBox(home, {}), { code: 'bad-ssh-config' })
  })

  test('a ProxyCommand of the user’s is run, and what it says when it fails is told', async () => {
    const key = makeKey()
    await using server = await startSshServer({ keys: [key] })
    const through = `  ProxyCommand ${process.execPath} -e 'const s=require("net").connect(%p,"%h");s.pipe(process.stdout);process.stdin.pipe(s)'\n`
    using home = makeClientHome({ config: settingsOf(server.port, through), known_hosts: known(server.port, key) })
    const connection = await connectBox(home, undefined)
    connection.close()
    using failing = makeClientHome({ config: settingsOf(1, '  ProxyCommand sh -c "echo no way >&2; exit 3"\n') })
    await assert.rejects(connectBox(failing, {}), { code: 'ssh-proxy-failed', message: /no way/ })
  })
})

describe('S5: the agent', () => {
  test('is never passed on', async () => {
    const key = makeKey()
    const wanted: string[] = []
    await using server = await startSshServer({
      keys: [key],
      onReady: (connection) =>
        connection.on('session', (accept) => {
          const session = accept()
          session.on('auth-agent', (_accept, reject) => {
            wanted.push('auth-agent')
            reject?.()
          })
          session.on('env', (_accept, reject, info) => {
            wanted.push(info.key)
            reject?.()
          })
          session.on('exec', (acceptExec) => acceptExec().exit(0))
        }),
    })
    using home = makeClientHome({
      config: settingsOf(server.port, '  ForwardAgent yes\n  SendEnv *\n'),
      known_hosts: known(server.port, key),
    })
    const connection = await connectBox(home, undefined)
    const { exit } = await connection.exec('true')
    assert.equal(await exit, 0)
    connection.close()
    assert.deepEqual(wanted, [])
  })
})
