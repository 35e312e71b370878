import assert from 'node:assert/strict'
import type { Duplex } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { type FakeEngine, fakeEngine } from '../testing/fake-engine.ts'
import { type FakeTerminal, fakeTerminal } from '../testing/fake-terminal.ts'
import { MainProgram } from './main-program.ts'
import { connections, live, read, readyHost } from './shell.fixture.ts'

interface Container {
  State: { Running: boolean; Restarting?: boolean; ExitCode?: number; Status?: string }
  Config: { Tty?: boolean; OpenStdin?: boolean }
  HostConfig?: { AutoRemove?: boolean }
}

interface Attached {
  readonly engine: FakeEngine
  readonly terminal: FakeTerminal
  readonly next: () => Promise<Duplex>
  container: Container | undefined
  log: Buffer
  /** Lets all know who wait for its exit. */
  exit(code: number): void
  readonly told: string[]
}

const RUNNING: Container = { State: { Running: true }, Config: { Tty: true, OpenStdin: true } }

async function attach(t: TestContext, first: Container = RUNNING): Promise<Attached> {
  const engine = await fakeEngine(t)
  engine.containers = [{ Id: 'c1', Names: ['/web'] }]
  const host = await readyHost(t, engine)
  const terminal = fakeTerminal()
  const { take, next } = connections()
  const exits = new Set<(code: number) => void>()
  let exited: number | undefined
  const attached: Attached = {
    engine,
    terminal,
    told: [],
    container: first,
    log: Buffer.alloc(0),
    next,
    exit: (code) => {
      exited = code
      for (const tell of exits) tell(code)
    },
  }
  engine.handlers.set('GET /containers/c1/json', (_request, response) => {
    const { container } = attached
    if (container === undefined) response.writeHead(404)
    response.end(JSON.stringify(container === undefined ? { message: 'gone' } : { Id: 'c1', Name: '/web', Image: 'i', ...container }))
  })
  engine.handlers.set('GET /containers/c1/logs', (_request, response) => response.end(attached.log))
  engine.handlers.set('POST /containers/c1/wait', (_request, response) => {
    const tell = (StatusCode: number) => response.end(JSON.stringify({ StatusCode }))
    if (exited !== undefined) tell(exited)
    exits.add(tell)
    response.once('close', () => exits.delete(tell))
  })
  engine.handlers.set('POST /containers/c1/start', (_request, response) => {
    attached.container = { ...first, State: { Running: true } }
    exited = undefined
    response.writeHead(204).end()
  })
  for (const act of ['resize', 'kill'])
    engine.handlers.set(`POST /containers/c1/${act}`, (_request, response, url) => {
      attached.told.push(`${act} ${url.searchParams}`)
      response.end()
    })
  engine.upgrades.set('POST /containers/c1/attach', take)
  const program = new MainProgram({ host, containerId: 'c1', detachKeys: 'ctrl-p,ctrl-q', onStarted: () => {} })
  void live(t, { terminal, program, host, told: attached.told, first: 'resume' })
  t.after(() => program.end())
  return attached
}

function frame(stream: number, text: string): Buffer {
  const head = Buffer.alloc(8)
  head[0] = stream
  head.writeUInt32BE(text.length, 4)
  return Buffer.concat([head, Buffer.from(text)])
}

test('who attaches sees the last output once, then what comes, and a screen that is drawn anew', async (t) => {
  const attached = await attach(t)
  attached.log = Buffer.from('before\r\nnow\r\n')
  const stream = await attached.next()
  stream.write('later\r\n')
  await attached.terminal.until(/^before\r\nnow\r\nlater\r\n$/)
  assert.deepEqual(attached.told, ['resize h=25&w=80', 'resize h=24&w=80'])
  const typed = read(stream)
  attached.terminal.type('ls\r')
  assert.equal(await typed, 'ls\r')
})

test('a main process that has ended is started again with its container, and no output is missed', async (t) => {
  const attached = await attach(t)
  const first = await attached.next()
  first.write('one\r\n')
  await attached.terminal.until(/one/)
  attached.container = { ...RUNNING, State: { Running: false, ExitCode: 0 } }
  attached.exit(0)
  first.end()
  await attached.terminal.until(/exited 0 · Enter to start again/)
  attached.engine.calls.length = 0
  attached.terminal.type('\r')
  const second = await attached.next()
  second.write('two\r\n')
  await attached.terminal.until(/one[\s\S]*exited 0[\s\S]*two/)
  const calls = attached.engine.calls.filter((call) => /attach|start/.test(call))
  assert.deepEqual(calls, ['POST /containers/c1/attach', 'POST /containers/c1/start'])
})

test('a container that removes itself has its exit code shown, and is not offered once more while it is about to go', async (t) => {
  const ended = { Running: false, ExitCode: 7 }
  for (const going of [
    undefined,
    { ...RUNNING, HostConfig: { AutoRemove: true }, State: ended },
    { ...RUNNING, State: { ...ended, Status: 'removing' } },
  ]) {
    const attached = await attach(t)
    const stream = await attached.next()
    attached.container = going
    attached.exit(7)
    stream.end()
    await attached.terminal.until(/exited 7, and web was removed with it · Esc to close/)
  }
})

test('a container that is restarted by its policy is shown again when it runs', async (t) => {
  const attached = await attach(t)
  attached.engine.containers = [{ Id: 'c1', Names: ['/web'], State: 'restarting' }]
  const first = await attached.next()
  attached.engine.emit({ Type: 'container', Action: 'die', Actor: { ID: 'c1' } })
  attached.container = { ...RUNNING, State: { Running: true, Restarting: true } }
  attached.exit(3)
  first.end()
  await attached.terminal.until(/exited 3, web is being restarted/)
  attached.container = RUNNING
  attached.log = Buffer.from('next life\r\n')
  attached.engine.containers = [{ Id: 'c1', Names: ['/web'] }]
  attached.engine.emit({ Type: 'container', Action: 'start', Actor: { ID: 'c1' } })
  await attached.next()
  await attached.terminal.until(/^next life\r\n$/)
})

test('without a terminal: frames are put together, lines are edited here, Ctrl+D ends the input', async (t) => {
  const attached = await attach(t, { State: { Running: true }, Config: { OpenStdin: true } })
  attached.log = frame(1, 'past\n')
  const stream = await attached.next()
  stream.write(frame(2, 'oops\n'))
  await attached.terminal.until(/^past\r\n[\s\S]*\x5b3moops\r\n/)
  const typed = read(stream)
  attached.terminal.type('ax\x7f\r')
  assert.equal(await typed, 'a\n')
  const ended = new Promise((resolve) => stream.once('end', resolve))
  stream.resume()
  attached.terminal.type('\x04')
  await ended
  assert.deepEqual(attached.told, [])
})

test('without a terminal Ctrl+C is meant the second time', async (t) => {
  const attached = await attach(t, { State: { Running: true }, Config: {} })
  await attached.next()
  attached.terminal.type('\x03')
  await attached.terminal.until(/Ctrl\+C again/)
  assert.deepEqual(attached.told, [])
  const killed = new Promise<void>((resolve) =>
    attached.engine.handlers.set('POST /containers/c1/kill', (_request, response, url) => {
      attached.told.push(url.search)
      response.end()
      resolve()
    }),
  )
  attached.terminal.type('\x03')
  await killed
  assert.deepEqual(attached.told, ['?signal=SIGINT'])
})

test('of a container that reads no input this is said once, at the first key', async (t) => {
  const attached = await attach(t, { State: { Running: true }, Config: {} })
  await attached.next()
  attached.terminal.type('a')
  attached.terminal.type('b')
  await attached.terminal.until(/takes no input/)
  assert.equal(attached.terminal.text().split('takes no input').length, 2)
})

test('a log that is not kept is no reason not to attach', async (t) => {
  const attached = await attach(t)
  attached.engine.handlers.set('GET /containers/c1/logs', (_request, response) =>
    response.writeHead(501).end(JSON.stringify({ message: 'configured logging driver does not support reading' })),
  )
  const stream = await attached.next()
  stream.write('here')
  await attached.terminal.until(/^here$/)
})
