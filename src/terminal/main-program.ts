/** A container's own process. */
import { type Duplex, PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Host } from '../hosts/host.ts'
import type { ContainerFacts } from './container-requests.ts'
import { attachTo, findContainer, lastOutput, resize, startContainer, untilExited } from './container-requests.ts'
import { pastText } from './past-output.ts'
import type { Connection, Outcome, Program, TerminalSize } from './program.ts'
import { redraw } from './redraw.ts'
import { containerFacts } from './running-container.ts'

export interface MainProgramOptions {
  readonly host: Host
  readonly containerId: string
  readonly detachKeys: string
  readonly onStarted: () => void
}

/** Milliseconds in which an engine knows that the process has ended whose output has ended. */
const PATIENCE = 1_000

export class MainProgram implements Program {
  readonly #options: MainProgramOptions
  #exit: Promise<number | undefined> = Promise.resolve(undefined)
  #waiting = new AbortController()

  constructor(options: MainProgramOptions) {
    this.#options = options
  }

  /** Starts the container. */
  async start(size: TerminalSize | undefined): Promise<Connection> {
    const { client } = this.#options.host
    const facts = await containerFacts(this.#options)
    // Attached first, so that no output is missed.
    const stream = await attachTo(client, facts, this.#options.detachKeys)
    await destroyedOnError(stream, startContainer(client, facts.id))
    return await this.#connect({ facts, stream, size })
  }

  async resume(size: TerminalSize | undefined): Promise<Connection | undefined> {
    const { client } = this.#options.host
    const facts = await containerFacts(this.#options)
    if (facts.isRestarting) return undefined
    if (!facts.isRunning) return await this.#lastWords(facts)
    const stream = await attachTo(client, facts, this.#options.detachKeys)
    stream.read(0) // from now on it gathers what comes
    const log = await destroyedOnError(stream, lastOutput(client, facts.id))
    const live = takeWaiting(stream)
    return { ...(await this.#connect({ facts, stream, size })), past: pastText({ log, live, isTerminal: facts.hasTerminal }) }
  }

  async outcome(): Promise<Outcome> {
    const { host, containerId } = this.#options
    const code = await Promise.race([this.#exit, sleep(PATIENCE, undefined, { ref: false })])
    this.#exit = Promise.resolve(undefined)
    const container = await findContainer(host.client, containerId)
    if (container === undefined || container.isLeaving)
      return code === undefined ? { kind: 'removed' } : { kind: 'exited', code, isRemoved: true }
    if (code === undefined && container.isRunning) return { kind: 'runs-on' }
    if (container.isRunning || container.isRestarting) return { kind: 'restarts', code: code ?? container.exitCode }
    return { kind: 'exited', code: code ?? container.exitCode }
  }

  async end(): Promise<void> {
    // Whoever looks at a container does not end it by looking away.
    this.#waiting.abort()
  }

  /** Of one that has ended: what it said, and the end. */
  async #lastWords({ id, hasTerminal }: ContainerFacts): Promise<Connection> {
    const log = await lastOutput(this.#options.host.client, id)
    const past = pastText({ log, live: new Uint8Array(0), isTerminal: hasTerminal })
    return { stream: new PassThrough().end(), isTerminal: true, takesInput: false, past, resize: async () => {} }
  }

  async #connect({ facts, stream, size }: Connecting): Promise<Connection> {
    const { client } = this.#options.host
    const path = `/containers/${encodeURIComponent(facts.id)}`
    this.#watchExit(facts.id)
    this.#options.onStarted()
    const connection: Connection = {
      stream,
      isTerminal: facts.hasTerminal,
      takesInput: facts.takesInput,
      resize: async (to) => {
        if (facts.hasTerminal) await resize(client, path, to)
      },
      interrupt: () => client.tell('POST', `${path}/kill`, { query: { signal: 'SIGINT' } }),
    }
    if (size !== undefined && facts.hasTerminal) await destroyedOnError(stream, redraw(connection, size))
    return connection
  }

  // Asked for while it runs: a container that removes itself at its end cannot be asked afterwards.
  #watchExit(id: string): void {
    this.#waiting.abort()
    this.#waiting = new AbortController()
    // Its errors are those of a lost connection: whoever asks for the outcome then has them, too.
    this.#exit = untilExited(this.#options.host.client, id, this.#waiting.signal).catch(() => undefined)
  }
}

interface Connecting {
  readonly facts: ContainerFacts
  readonly stream: Duplex
  readonly size: TerminalSize | undefined
}

/** What has come since `read(0)`; it stays where it is. */
function takeWaiting(stream: Duplex): Uint8Array {
  const waiting: Buffer | null = stream.read()
  if (waiting === null) return new Uint8Array(0)
  stream.unshift(waiting)
  return waiting
}

async function destroyedOnError<T>(stream: Duplex, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    stream.destroy()
    throw error
  }
}
