/** A host that is reached over connections of some kind, tried again for ever. */

import type { Connect, EngineClient } from '../client/engine-client.ts'
import { codeOf } from '../client/engine-problem.ts'
import { createEngineClient } from '../client/http-client.ts'
import { Emitter } from '../events/emitter.ts'
import { LiveModel } from '../model/live-model.ts'
import { Backoff } from './backoff.ts'
import { engineFacts, versionSchema } from './engine-facts.ts'
import type { Host, HostState } from './host.ts'
import { wakingClient } from './waking-client.ts'

export interface EngineHostOptions {
  readonly id: string
  readonly label: string
  readonly kind: Host['kind']
  readonly connect: Connect
  /** See `Host`. */
  readonly address?: string
  /** See `ClientOptions`. */
  readonly reuse: boolean
  /** Nobody there means that somebody has to start it, rather than that it cannot be reached. */
  readonly startsOnDemand: boolean
  /** Does what takes long, or a person's answer, before the engine can be asked; `tell` says what. */
  readonly open?: (tell: (doing: string) => void, signal: AbortSignal) => Promise<void>
  /** Whether trying again by itself is of no use after this error. */
  readonly isFinal?: (error: unknown) => boolean
  /** See `Host`. */
  readonly reach?: NonNullable<Host['reach']>
  /** The way is long enough to be measured. */
  readonly isRemote?: boolean
  /** Starts the engine when the user has asked for something that needs it; resolves to whether it has. See `Host.wake`. */
  readonly wake?: () => Promise<boolean>
  /** An error in words. */
  readonly words: (error: unknown) => string
}

const HANDSHAKE = 10_000
const RETRY = { first: 500, longest: 30_000 }
/** A helper may be started by another window or on the command line: looking for its socket costs nothing. */
const LOOK_AGAIN = 2_000
const MEASURE_AGAIN = 60_000
/** Milliseconds after which a connection counts as one that holds. */
const SETTLED = 2_000

export class EngineHost implements Host {
  readonly id: string
  readonly label: string
  readonly kind: Host['kind']
  readonly address?: string
  readonly reach?: NonNullable<Host['reach']>
  readonly client: EngineClient
  readonly wake?: () => Promise<boolean>
  readonly model: LiveModel
  readonly #options: EngineHostOptions
  readonly #changed = new Emitter<HostState>()
  readonly #over = new AbortController()
  readonly #backoff = new Backoff(RETRY)
  readonly #plain: EngineClient
  readonly #close: () => void
  #state: HostState = { kind: 'connecting' }
  #isConnecting = false
  #goOn: () => void = () => {}
  readonly onDidChangeState = this.#changed.event

  constructor(options: EngineHostOptions) {
    this.#options = options
    this.id = options.id
    this.label = options.label
    this.kind = options.kind
    if (options.address !== undefined) this.address = options.address
    if (options.reach !== undefined) this.reach = options.reach
    const client = createEngineClient({
      connect: options.connect,
      reuse: options.reuse,
      apiVersion: () => (this.#state.kind === 'ready' ? this.#state.engine.apiVersion : undefined),
    })
    this.#close = client.close
    // What only keeps the rows true starts nothing.
    this.model = new LiveModel(client)
    this.#plain = client
    const { wake } = options
    this.client = wake === undefined ? client : wakingClient(client, () => this.#wakeBy(wake))
    if (wake !== undefined) this.wake = () => this.#wakeBy(wake)
    this.model.onDidChangeWatchers(() => this.#goOn())
  }

  get state(): HostState {
    return this.#state
  }

  connect(): void {
    if (this.#isConnecting) return
    this.#isConnecting = true
    void this.#run()
  }

  retry(): void {
    this.#goOn()
  }

  dispose(): void {
    this.#over.abort()
    this.#goOn()
    this.#close()
    this.#changed.dispose()
  }

  // Errors end nowhere but in the state.
  async #run(): Promise<void> {
    while (!this.#over.signal.aborted) {
      let readySince = Number.POSITIVE_INFINITY
      try {
        await this.#options.open?.((doing) => this.#set({ kind: 'connecting', doing }), this.#over.signal)
        const answer = await this.#plain.ask('GET', '/version', versionSchema, { timeout: HANDSHAKE, signal: this.#over.signal })
        this.#set({ kind: 'ready', engine: engineFacts(answer) })
        readySince = performance.now()
        void this.#measure()
        await this.#stayReady()
      } catch (error) {
        if (this.#over.signal.aborted) return
        // A helper that another version takes the place of is there again in a moment.
        if (performance.now() - readySince > SETTLED) this.#set({ kind: 'connecting' })
        else await this.#waitAfter(error)
      }
    }
  }

  async #wakeBy(wake: () => Promise<boolean>): Promise<boolean> {
    if (!(await wake())) return false
    if (this.#state.kind === 'ready') return true
    const tried = new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        listening.dispose()
        resolve()
      }
      const timer = setTimeout(done, HANDSHAKE)
      const listening = this.onDidChangeState(done)
    })
    this.retry()
    await tried
    // The listener ran in between.
    return this.state.kind === 'ready'
  }

  /** Ends by an error when the engine is lost. While nobody watches, nothing is asked. */
  async #stayReady(): Promise<void> {
    while (!this.#over.signal.aborted) {
      if (!this.model.isWatched) {
        await this.#untilWoken()
        continue
      }
      const unwatched = new AbortController()
      const watching = this.model.onDidChangeWatchers(() => this.model.isWatched || unwatched.abort())
      const measuring = setInterval(() => void this.#measure(), MEASURE_AGAIN)
      const settled = setTimeout(() => {
        this.#backoff.reset()
        // At first all views ask at once, and wait for one another.
        void this.#measure()
      }, SETTLED)
      try {
        await this.model.follow(AbortSignal.any([this.#over.signal, unwatched.signal]))
      } catch (error) {
        if (!unwatched.signal.aborted) throw error
      } finally {
        clearTimeout(settled)
        clearInterval(measuring)
        watching.dispose()
      }
    }
  }

  /** The shortest of a few questions: others may have had to make a connection first, or to wait for one another. */
  async #measure(): Promise<void> {
    if (this.#options.isRemote !== true) return
    let shortest = Number.POSITIVE_INFINITY
    for (let count = 0; count < 3; count++) {
      const began = performance.now()
      try {
        await this.#plain.tell('GET', '/_ping', { timeout: HANDSHAKE, signal: this.#over.signal })
      } catch {
        return // whoever follows its events is told that it is lost
      }
      shortest = Math.min(shortest, performance.now() - began)
    }
    if (this.#state.kind === 'ready') this.#set({ ...this.#state, latency: Math.max(1, Math.round(shortest)) })
  }

  async #waitAfter(error: unknown): Promise<void> {
    if (this.#options.isFinal?.(error) === true) {
      const code = codeOf(error)
      this.#set({ kind: 'unreachable', reason: this.#options.words(error), retryAt: undefined, ...(code === undefined ? {} : { code }) })
      await this.#untilWoken()
      if (!this.#over.signal.aborted) this.#set({ kind: 'connecting' })
      return
    }
    const isAbsent = codeOf(error) === 'engine-not-there'
    const delay = isAbsent && this.#options.startsOnDemand ? LOOK_AGAIN : this.#backoff.next()
    this.#set(
      isAbsent && this.#options.startsOnDemand
        ? { kind: 'stopped' }
        : { kind: 'unreachable', reason: this.#options.words(error), retryAt: Date.now() + delay },
    )
    await this.#untilWoken(delay)
  }

  /** Until `retry`, a change of the watchers, the end, or so many milliseconds. */
  #untilWoken(delay?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = delay === undefined ? undefined : setTimeout(() => this.#goOn(), delay)
      this.#goOn = () => {
        clearTimeout(timer)
        this.#goOn = () => {}
        resolve()
      }
    })
  }

  #set(state: HostState): void {
    const before = this.#state
    this.#state = state
    if (JSON.stringify(before) !== JSON.stringify(state)) this.#changed.fire(state)
  }
}
