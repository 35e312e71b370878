/** A further process in a container: a shell, mostly. */
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from '../hosts/host.ts'
import { type ContainerFacts, findContainer, resize, startContainer } from './container-requests.ts'
import type { ExecCreation, ExecSpec, ExecState, RunningExec } from './exec-requests.ts'
import { createExec, execPath, execState, hangUpExec, reattachExec, runExec, startExec } from './exec-requests.ts'
import type { Connection, Outcome, Program, TerminalSize } from './program.ts'
import { redraw } from './redraw.ts'
import { containerFacts } from './running-container.ts'

export interface ExecProgramOptions {
  readonly host: Host
  readonly containerId: string
  readonly spec: ExecSpec
  readonly detachKeys: string
  /** One that runs already, made by an engine that lets clients come back. */
  readonly execId?: string
  /** Told each time one is started. `canComeBack`: it outlives its connection. */
  readonly onStarted: (started: { readonly execId: string; readonly canComeBack: boolean }) => void
}

/** Where one request makes it and starts it too, it has no id yet. */
interface Prepared {
  readonly creation: ExecCreation
  readonly id: string | undefined
}

/** An engine may say that it runs for a moment after its output has ended. */
const LOOKS = 5
const BETWEEN_LOOKS = 100
/** And longer that a container runs whose processes have been killed. */
const LOOKS_AT_CONTAINER = 11
/**
 * Without a word on it programs take a terminal for one of ASCII, and a shell takes what is typed beyond that for commands. VS Code does the same
 * for terminals of its own.
 */
const LOCALE = 'LANG=C.UTF-8'
/** Docker has no request that ends an exec: an interrupt and the end of the input are what a shell at its prompt goes by. */
const GOODBYE = '\x03\x04'

export class ExecProgram implements Program {
  readonly #options: ExecProgramOptions
  #execId: string | undefined
  /** As the engine was when it was last known: while it is away nobody can say. */
  #isPocker: boolean
  #hasEnded = false
  /** One that is not yet started. */
  #preparing: Promise<Prepared> | undefined

  constructor(options: ExecProgramOptions) {
    this.#options = options
    this.#execId = options.execId
    this.#isPocker = options.execId !== undefined
    if (options.execId !== undefined) return
    // While VS Code draws the terminal, which takes a hundred milliseconds. Its errors are those of the start.
    this.#preparing = this.#prepare()
    this.#preparing.catch(() => {})
  }

  async start(size: TerminalSize | undefined): Promise<Connection> {
    const { onStarted } = this.#options
    const preparing = this.#preparing ?? this.#prepare()
    this.#preparing = undefined
    const prepared = await preparing
    const { isPocker } = prepared.creation
    const { id, stream } = await begin(prepared, size)
    this.#isPocker = isPocker
    this.#execId = id
    this.#hasEnded = false
    onStarted({ execId: id, canComeBack: isPocker })
    const connection = this.#connection(stream)
    // Before API 1.42, and with Podman, a size at the start is passed over.
    if (!isPocker && size !== undefined) await connection.resize(size)
    return connection
  }

  async resume(size: TerminalSize | undefined): Promise<Connection | undefined> {
    const { client } = this.#options.host
    if (this.#execId === undefined || !this.#isPocker) return undefined
    const stream = await reattachExec(client, this.#execId)
    if (stream === undefined) return undefined
    const connection = this.#connection(stream)
    if (size !== undefined) await redraw(connection, size)
    return { ...connection, isReplayed: true }
  }

  async outcome(): Promise<Outcome> {
    const { client } = this.#options.host
    const state = this.#execId === undefined ? 'unknown' : await settledState(client, this.#execId)
    if (state === 'running') return { kind: this.#isPocker ? 'runs-on' : 'forgotten' }
    this.#hasEnded = true
    const find = () => findContainer(client, this.#options.containerId)
    let container = await find()
    // A container that is stopped takes it along, and is known to have ended a moment later.
    for (let look = 1; look < LOOKS_AT_CONTAINER && stillRuns(container) && isKilled(state); look++) {
      await sleep(BETWEEN_LOOKS)
      container = await find()
    }
    if (container === undefined || container.isLeaving) return { kind: 'removed' }
    if (!container.isRunning) return { kind: 'stopped' }
    return state === 'unknown' ? { kind: 'forgotten' } : { kind: 'exited', code: state.exitCode }
  }

  async end(): Promise<void> {
    if (this.#execId === undefined || this.#hasEnded) return
    if (this.#isPocker) await hangUpExec(this.#options.host.client, this.#execId)
  }

  async #prepare(): Promise<Prepared> {
    const { host, containerId, spec, detachKeys } = this.#options
    const isPocker = host.state.kind === 'ready' && host.state.engine.isPocker
    const { hasLocale } = await this.#runningContainer()
    const environment = [...(hasLocale ? [] : [LOCALE]), ...spec.environment]
    const creation = { client: host.client, containerId, spec: { ...spec, environment }, isPocker, detachKeys }
    return { creation, id: isPocker ? undefined : await createExec(creation) }
  }

  async #runningContainer(): Promise<ContainerFacts> {
    const container = await containerFacts(this.#options)
    if (!container.isRunning) await startContainer(this.#options.host.client, container.id)
    return container
  }

  #connection(stream: Duplex): Connection {
    const { client } = this.#options.host
    const path = execPath(this.#execId ?? '')
    const goodbye = this.#isPocker ? {} : { goodbye: GOODBYE }
    return { stream, isTerminal: true, takesInput: true, ...goodbye, resize: (size) => resize(client, path, size) }
  }
}

async function begin({ creation, id }: Prepared, size: TerminalSize | undefined): Promise<RunningExec> {
  return id === undefined ? await runExec(creation, size) : { id, stream: await startExec(creation.client, id, size) }
}

function stillRuns(container: ContainerFacts | undefined): boolean {
  return container?.isRunning === true && !container.isLeaving
}

/** By SIGKILL. */
function isKilled(state: ExecState): boolean {
  return typeof state === 'object' && state.exitCode === 137
}

async function settledState(client: Host['client'], id: string): Promise<ExecState> {
  for (let look = 1; look < LOOKS; look++) {
    const state = await execState(client, id)
    if (state !== 'running') return state
    await sleep(BETWEEN_LOOKS)
  }
  return await execState(client, id)
}
