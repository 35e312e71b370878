/** One container's log as it grows: over its restarts, over the loss of its host, and on with the next container of its name. */
import { codeOf } from '../client/engine-problem.ts'
import { Emitter } from '../events/emitter.ts'
import { Backoff } from '../hosts/backoff.ts'
import type { Host } from '../hosts/host.ts'
import { type ContainerFacts, findContainer } from './container-facts.ts'
import { dockerLog } from './docker-log.ts'
import { withoutKnown } from './known-lines.ts'
import { lifeEvents } from './life-events.ts'
import { type Life, Lives } from './lives.ts'
import { isLine, type LogEntry, type LogLine } from './log-line.ts'
import { LogReading, type ReadingTaken } from './log-reading.ts'
import type { LogSource } from './log-source.ts'
import { pastLives } from './past-lives.ts'
import { pockerLog } from './pocker-log.ts'
import { WakeUps } from './wake-ups.ts'

export interface FeedTarget {
  readonly host: Host
  readonly name: string
  /** Of the container to begin with. */
  readonly id?: string | undefined
  readonly member: number
}

export type FeedState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** The container does not run. */
  | { readonly kind: 'ended' }
  /** There is no container of that name. */
  | { readonly kind: 'gone' }
  /** The host does not answer; it is tried again. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'without-log' }
  | { readonly kind: 'failed'; readonly error: unknown }

/** Where to begin: so many lines from the end, or at a moment, without the lines that are there already. */
export type StartFrom = { readonly lines: number } | { readonly since: bigint; readonly known: readonly LogLine[] }

const RETRY = { first: 200, longest: 10_000 }
/** As many lines as a window holds. */
const NEWEST = 10_000
const DAY = 86_400_000_000_000n
const UNREACHABLE = ['engine-not-there', 'engine-denied', 'connection-lost', 'timed-out', 'cancelled']

export class LogFeed {
  readonly target: FeedTarget
  readonly lives = new Lives()
  readonly #arrived = new Emitter<void>()
  readonly #changed = new Emitter<void>()
  readonly #over = new AbortController()
  readonly #wakeUps = new WakeUps()
  readonly #watching: readonly { dispose(): unknown }[]
  #following: AbortController | undefined
  #reading: LogReading | undefined
  /** Of readings that are over. */
  #left: readonly LogEntry[] = []
  #state: FeedState = { kind: 'connecting' }
  #facts: ContainerFacts | undefined
  /** The last lines of the container that is being read: the next reading may begin with them. */
  #recent: readonly LogLine[] = []
  /** Where it begins when there are none. */
  #since: bigint | undefined
  #hasEarlier = false
  /** More was written than could be read: the next reading begins at the end. */
  #isBehind = false
  /** Something can be taken. */
  readonly onDidArrive = this.#arrived.event
  /** Its state is another one, or there is news of the container's lives. */
  readonly onDidChange = this.#changed.event

  constructor(target: FeedTarget) {
    this.target = target
    // While somebody watches its events, a host notices that it is lost.
    this.#watching = [target.host.model.watch(), target.host.onDidChangeState(() => this.#wakeUps.wake())]
    void this.#watchLives(this.#over.signal)
  }

  get state(): FeedState {
    return this.#state
  }

  get createdAt(): bigint | undefined {
    return this.#facts?.createdAt
  }

  /** There was more when it began than the lines that were asked for. */
  get hasEarlier(): boolean {
    return this.#hasEarlier
  }

  /** Lines whose end has not come. */
  get open(): readonly LogLine[] {
    return this.#reading?.open ?? []
  }

  /** Reads from there on, until `pause`. */
  follow(from: StartFrom): void {
    this.pause()
    const following = new AbortController()
    this.#following = following
    this.#recent = 'known' in from ? from.known : []
    this.#since = 'since' in from ? from.since : undefined
    void this.#follow('lines' in from ? from.lines : NEWEST, AbortSignal.any([following.signal, this.#over.signal]))
  }

  /** Reads no more, and forgets what has not been taken; the lives are still watched. */
  pause(): void {
    this.#following?.abort()
    this.#following = undefined
    this.#reading = undefined
    this.#left = []
    this.#hasEarlier = false
  }

  /** What has come since the last time. */
  take(): readonly LogEntry[] {
    const left = this.#left
    this.#left = []
    const entries = this.#reading === undefined ? [] : this.#entriesOf(this.#reading.take())
    const lines = entries.filter(isLine)
    if (lines.length > 0) this.#recent = [...this.#recent, ...lines].slice(-NEWEST)
    return left.length === 0 ? entries : [...left, ...entries]
  }

  /** Where pages of the log come from; nothing where there is no log. Errors: EngineError. */
  async source(signal: AbortSignal): Promise<LogSource | undefined> {
    const facts = await this.#find(signal)
    return facts === undefined || facts.isWithoutLog ? undefined : this.#sourceOf(facts)
  }

  dispose(): void {
    this.#over.abort()
    for (const each of this.#watching) each.dispose()
    this.#arrived.dispose()
    this.#changed.dispose()
  }

  async #follow(tail: number, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(RETRY)
    let container: string | undefined
    /** The life that was read to its end. */
    let finished: string | undefined
    while (!signal.aborted) {
      const seen = this.#wakeUps.count
      try {
        const facts = await this.#readable(signal)
        const life = `${facts?.id} ${facts?.life.startedAt}`
        if (facts === undefined || (!facts.isRunning && life === finished)) {
          if (facts !== undefined) this.#set({ kind: 'ended' })
          await this.#wakeUps.after(seen, signal)
          continue
        }
        // One that says it runs and whose log has ended is about to end itself, or is a riddle that need not be asked at once again.
        if (life === finished) await this.#wakeUps.after(seen, signal, backoff.next())
        else backoff.reset()
        if (container !== undefined && container !== facts.id) {
          this.#recent = []
          this.#since = undefined
        }
        container = facts.id
        const isFirst = finished === undefined && this.#recent.length === 0
        if (await this.#read(facts, isFirst ? tail : NEWEST, signal)) finished = life
      } catch (error) {
        if (signal.aborted) return
        const isLost = this.target.host.state.kind !== 'ready' || UNREACHABLE.includes(codeOf(error) ?? '')
        this.#set(isLost ? { kind: 'lost' } : { kind: 'failed', error })
        await this.#wakeUps.after(seen, signal, backoff.next())
      }
    }
  }

  /** The container, when it has a log and its host answers; otherwise the state says why not. */
  async #readable(signal: AbortSignal): Promise<ContainerFacts | undefined> {
    const host = this.target.host.state.kind
    if (host !== 'ready') {
      this.#set({ kind: host === 'connecting' && this.#state.kind === 'connecting' ? 'connecting' : 'lost' })
      return undefined
    }
    const facts = await this.#find(signal)
    if (facts !== undefined && !facts.isWithoutLog) return facts
    this.#set({ kind: facts === undefined ? 'gone' : 'without-log' })
    return undefined
  }

  /** Reads to the end of the log, which is true, or until it cannot keep up. */
  async #read(facts: ContainerFacts, tail: number, signal: AbortSignal): Promise<boolean> {
    const source = this.#sourceOf(facts)
    const isOpen = () => this.#set({ kind: facts.isRunning ? 'live' : 'ended' })
    if ((this.#recent.length === 0 && this.#since === undefined) || this.#isBehind) {
      const { lines, isBegin } = await source.last({ count: tail, signal })
      if (signal.aborted) return false
      const fresh = withoutKnown(lines, this.#recent)
      this.#hasEarlier ||= !isBegin
      const [first] = fresh
      if (this.#isBehind && first !== undefined && fresh.length === lines.length) this.#put([{ skipped: undefined, time: first.time }])
      this.#isBehind = false
      this.#put(fresh)
      isOpen()
    }
    const since = this.#recent.at(-1)?.time ?? this.#since
    const reading = new LogReading({
      source,
      origin: { member: this.target.member, containerId: facts.id },
      from: { lines: NEWEST, ...(since === undefined ? {} : { since }) },
      known: since === undefined ? [] : this.#recent.filter(({ time }) => time >= since),
      onArrive: () => {
        isOpen()
        this.#arrived.fire()
      },
    })
    this.#reading = reading
    let isWhole = false
    try {
      this.#isBehind = (await reading.run(signal)) === 'behind'
      isWhole = !this.#isBehind
      return isWhole
    } finally {
      if (this.#reading === reading) {
        this.#reading = undefined
        // A line within which the connection broke comes again, whole.
        this.#put(this.#entriesOf(isWhole ? reading.takeAll() : reading.take()))
      }
    }
  }

  #put(entries: readonly LogEntry[]): void {
    const lines = entries.filter(isLine)
    if (lines.length > 0) this.#recent = [...this.#recent, ...lines].slice(-NEWEST)
    if (entries.length === 0) return
    this.#left = [...this.#left, ...entries]
    this.#arrived.fire()
  }

  #entriesOf({ lines, skipped }: ReadingTaken): readonly LogEntry[] {
    const time = lines[0]?.time ?? this.#recent.at(-1)?.time ?? 0n
    return skipped === undefined ? lines : [{ skipped: skipped === 'some' ? undefined : skipped, time }, ...lines]
  }

  async #find(signal: AbortSignal): Promise<ContainerFacts | undefined> {
    const { host, id, name } = this.target
    const facts = await findContainer(host.client, { id: this.#facts?.id ?? id, name }, signal)
    if (facts === undefined) return undefined
    this.#facts = facts
    this.#learn(facts.life)
    return facts
  }

  #learn(life: Life): void {
    if (this.lives.sync(life)) this.#changed.fire()
  }

  #sourceOf({ id, isTerminal }: ContainerFacts): LogSource {
    const { host, member } = this.target
    const open = isPocker(host) ? pockerLog : dockerLog
    return open({ client: host.client, isTerminal, member, containerId: id })
  }

  async #watchLives(signal: AbortSignal): Promise<void> {
    const { host, name } = this.target
    const backoff = new Backoff(RETRY)
    let since: bigint | undefined
    while (!signal.aborted) {
      const seen = this.#wakeUps.count
      try {
        if (host.state.kind !== 'ready') {
          await this.#wakeUps.after(seen, signal)
          continue
        }
        const facts = await this.#find(signal)
        if (facts !== undefined && isPocker(host)) for (const life of await pastLives(host.client, facts.id, signal)) this.#learn(life)
        since ??= facts?.createdAt ?? BigInt(Date.now()) * 1_000_000n - DAY
        for await (const event of lifeEvents(host.client, { name, id: () => this.#facts?.id ?? this.target.id }, since, signal)) {
          backoff.reset()
          this.#wakeUps.wake()
          if (event === undefined) continue
          since = event.time
          if (this.lives.apply(event)) this.#changed.fire()
        }
      } catch {
        // Whoever reads the log meets the same trouble and says so.
      }
      await this.#wakeUps.after(this.#wakeUps.count, signal, backoff.next())
    }
  }

  #set(state: FeedState): void {
    const before = this.#state
    this.#state = state
    if (before.kind !== state.kind) this.#changed.fire()
  }
}

function isPocker({ state }: Host): boolean {
  return state.kind === 'ready' && state.engine.isPocker
}
