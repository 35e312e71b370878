/** A terminal with a shell in it, at an engine that says what a test tells it to. */
import assert from 'node:assert/strict'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { socketConnect } from '../client/socket-connect.ts'
import { EngineHost } from '../hosts/engine-host.ts'
import { type FakeEngine, fakeEngine } from '../testing/fake-engine.ts'
import { type FakeTerminal, fakeTerminal } from '../testing/fake-terminal.ts'
import { ExecProgram } from './exec-program.ts'
import type { ExecSpec } from './exec-requests.ts'
import type { Program } from './program.ts'
import { terminalLife } from './terminal-life.ts'

const SHELL: ExecSpec = { command: ['/bin/sh'], user: '', folder: '', environment: [], isPrivileged: false, isToolbox: false }

export interface Shell {
  readonly engine: FakeEngine
  readonly host: EngineHost
  readonly terminal: FakeTerminal
  /** Bodies of the requests that make execs. */
  readonly made: unknown[]
  /** Connections to the exec's process, in their order; there is one more after each start and attach. */
  readonly next: () => Promise<Duplex>
  /** How the engine describes it. */
  exec: { Running: boolean; ExitCode?: number } | undefined
  container: { Running: boolean; Status?: string } | undefined
  readonly program: ExecProgram
  readonly life: Promise<void>
  readonly told: string[]
}

export interface ShellOptions {
  readonly isPocker?: boolean
  /** A helper that knows only Docker's requests for execs. */
  readonly isOlder?: true
  readonly spec?: Partial<ExecSpec>
  readonly execId?: string
  readonly detachKeys?: string
  readonly containerEnvironment?: readonly string[]
}

/** A terminal with a shell in container `c1`; execs are `e1`, `e2` and so on. */
export async function openShell(t: TestContext, options: ShellOptions = {}): Promise<Shell> {
  const engine = await fakeEngine(t)
  if (options.isPocker === false) engine.version = { ...engine.version, Platform: { Name: 'Docker Engine' } }
  engine.containers = [{ Id: 'c1', Names: ['/web'] }]
  const host = await readyHost(t, engine)
  const terminal = fakeTerminal()
  const { take, next } = connections()
  const made: unknown[] = []
  const told: string[] = []
  const program = new ExecProgram({
    host,
    containerId: 'c1',
    spec: { ...SHELL, ...options.spec },
    detachKeys: options.detachKeys ?? 'ctrl-p,ctrl-q',
    onStarted: ({ execId, canComeBack }) => told.push(`started ${execId}${canComeBack ? '' : ' for this connection'}`),
    ...(options.execId === undefined ? {} : { execId: options.execId }),
  })
  const shell: Shell = {
    engine,
    host,
    terminal,
    made,
    told,
    program,
    next,
    exec: { Running: true },
    container: { Running: true },
    life: Promise.resolve(),
  }
  engine.handlers.set('POST /containers/c1/exec', (request, response) => {
    void text(request).then((body) => {
      made.push(JSON.parse(body))
      const id = `e${made.length}`
      engine.upgrades.set(`POST /exec/${id}/start`, take)
      response.writeHead(201).end(JSON.stringify({ Id: id }))
    })
  })
  if (options.isPocker !== false && options.isOlder !== true) {
    const call = 'POST /pocker/containers/c1/exec'
    engine.upgrades.set(call, (stream) => {
      made.push(engine.bodies.get(call))
      take(stream)
    })
  }
  for (const id of ['e1', 'e2', 'old']) {
    engine.upgrades.set(`POST /pocker/exec/${id}/attach`, take)
    engine.handlers.set(`GET /exec/${id}/json`, (_request, response) => {
      if (shell.exec === undefined) response.writeHead(404)
      response.end(JSON.stringify(shell.exec ?? { message: 'no such exec' }))
    })
    engine.handlers.set(`POST /exec/${id}/resize`, (_request, response, url) => {
      told.push(`size ${url.searchParams.get('w')}x${url.searchParams.get('h')}`)
      response.end()
    })
  }
  engine.handlers.set('GET /containers/c1/json', (_request, response) => {
    if (shell.container === undefined) response.writeHead(404)
    const facts = { Id: 'c1', Name: '/web', Image: 'sha256:1', Config: { Env: options.containerEnvironment }, State: shell.container }
    response.end(JSON.stringify(shell.container === undefined ? { message: 'no such container' } : facts))
  })
  engine.handlers.set('POST /containers/c1/start', (_request, response) => {
    shell.container = { Running: true }
    response.writeHead(204).end()
  })
  const first = options.execId === undefined ? 'start' : 'resume'
  const life = live(t, { terminal, program, host, told, first })
  return Object.assign(shell, { life })
}

interface Living {
  readonly terminal: FakeTerminal
  readonly program: Program
  readonly host: EngineHost
  readonly told: string[]
  readonly first: 'start' | 'resume'
}

/** The life of a terminal in container `c1`, until the test's end. */
export function live(t: TestContext, { terminal, program, host, told, first }: Living): Promise<void> {
  const life = terminalLife({
    screen: terminal.screen,
    program,
    host,
    containerId: 'c1',
    hostGone: new AbortController().signal,
    names: () => ({ container: 'web', host: 'this machine' }),
    detachKeys: '\x10\x11',
    first,
    onEnded: () => told.push('ended'),
    onDetached: () => told.push('detached'),
  })
  t.after(async () => {
    terminal.screen.close()
    await life
  })
  return life
}

/** Connections as they come, each for whoever asks next. */
export function connections(): { readonly take: (stream: Duplex) => void; readonly next: () => Promise<Duplex> } {
  const waiting: Duplex[] = []
  const wanted: ((stream: Duplex) => void)[] = []
  return {
    take: (stream) => {
      const ask = wanted.shift()
      if (ask === undefined) waiting.push(stream)
      else ask(stream)
    },
    next: () => new Promise((resolve) => (waiting.length > 0 ? resolve(waiting.shift() ?? assert.fail()) : wanted.push(resolve))),
  }
}

/** What comes from the other side, once something has. */
export function read(stream: Duplex): Promise<string> {
  return new Promise((resolve) => stream.once('data', (data: Buffer) => resolve(data.toString())))
}

/** A host that the engine is connected to. */
export async function readyHost(t: TestContext, { socket }: FakeEngine): Promise<EngineHost> {
  const connect = socketConnect(socket)
  const host = new EngineHost({
    id: 'local',
    label: 'this machine',
    kind: 'local',
    connect,
    reuse: false,
    startsOnDemand: false,
    words: String,
  })
  t.after(() => host.dispose())
  host.connect()
  await new Promise<void>((resolve) => host.onDidChangeState(({ kind }) => kind === 'ready' && resolve()))
  return host
}
