/** The engine's events: to all who listen, and the latest again for those who ask for the past. */
import { PockerError } from '../api/errors.ts'
import type { EngineEvent } from '../api/system.ts'
import type { Filters } from '../http/backend.ts'
import { matchesEvent } from './event-filter.ts'

/** dockerd keeps 256; one container's life is about ten. */
const REMEMBERED = 1024
/** A subscriber that has so many events still to take is cut off: it must know that it has missed some. */
const MAX_WAITING = 4096
/** The longest that a timer waits. */
const MAX_DELAY = 0x7fff_ffff
const NANOSECONDS = 1e9

export interface SubscribeOptions {
  /** Seconds since 1970, with a fraction, both inclusive. Without either, nothing of the past is told. */
  readonly since?: number
  readonly until?: number
  readonly filters: Filters
  readonly signal: AbortSignal
}

export class EventLog {
  readonly #past: EngineEvent[] = []
  readonly #subscribers = new Set<Subscriber>()

  /** How many are listening. */
  get listeners(): number {
    return this.#subscribers.size
  }

  emit(event: EngineEvent): void {
    this.#past.push(event)
    if (this.#past.length > REMEMBERED) this.#past.shift()
    for (const subscriber of this.#subscribers) subscriber.offer(event)
  }

  /**
   * Remembered events from `since` on, then those to come, until `until` or the signal. Listening begins with this call,
   * not with the first value taken, so nothing between the two is missed. One iteration only.
   * Errors: PockerError Unavailable `events-missed` to a subscriber that is 4,096 events behind.
   */
  subscribe(options: SubscribeOptions): AsyncIterable<EngineEvent> {
    const subscriber = new Subscriber(options, () => this.#subscribers.delete(subscriber))
    if (options.since !== undefined || options.until !== undefined) for (const event of this.#past) subscriber.offer(event)
    if (!subscriber.isOver) this.#subscribers.add(subscriber)
    return { [Symbol.asyncIterator]: () => subscriber }
  }
}

class Subscriber implements AsyncIterator<EngineEvent, undefined> {
  readonly #since: number
  readonly #until: number
  readonly #filters: Filters
  readonly #signal: AbortSignal
  readonly #left: () => void
  #waiting: EngineEvent[] = []
  #takers: PromiseWithResolvers<IteratorResult<EngineEvent, undefined>>[] = []
  #failure: PockerError | undefined
  #timer: NodeJS.Timeout | undefined
  isOver = false

  constructor({ since, until, filters, signal }: SubscribeOptions, left: () => void) {
    this.#since = (since ?? 0) * NANOSECONDS
    this.#until = (until ?? Number.POSITIVE_INFINITY) * NANOSECONDS
    this.#filters = filters
    this.#signal = signal
    this.#left = left
    if (signal.aborted) this.#drop()
    else signal.addEventListener('abort', this.#drop)
    if (until !== undefined && !this.isOver) this.#endAt(until * 1000)
  }

  offer(event: EngineEvent): void {
    if (event.timeNano < this.#since || event.timeNano > this.#until || !matchesEvent(this.#filters, event)) return
    const taker = this.#takers.shift()
    if (taker !== undefined) taker.resolve({ value: event, done: false })
    else if (this.#waiting.push(event) > MAX_WAITING) {
      this.#waiting = []
      this.#failure = new PockerError('Unavailable', 'follow events: the reader is too slow, events were missed', { code: 'events-missed' })
      this.#end()
    }
  }

  next(): Promise<IteratorResult<EngineEvent, undefined>> {
    const event = this.#waiting.shift()
    if (event !== undefined) return Promise.resolve({ value: event, done: false })
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) return Promise.reject(failure)
    if (this.isOver) return Promise.resolve({ value: undefined, done: true })
    const taker = Promise.withResolvers<IteratorResult<EngineEvent, undefined>>()
    this.#takers.push(taker)
    return taker.promise
  }

  return(): Promise<IteratorResult<EngineEvent, undefined>> {
    this.#drop()
    return Promise.resolve({ value: undefined, done: true })
  }

  /** Nobody reads on. */
  readonly #drop = () => {
    this.#waiting = []
    this.#end()
  }

  /** What has been offered can still be taken. */
  #end(): void {
    if (this.isOver) return
    this.isOver = true
    clearTimeout(this.#timer)
    this.#signal.removeEventListener('abort', this.#drop)
    this.#left()
    for (const taker of this.#takers.splice(0)) taker.resolve({ value: undefined, done: true })
  }

  #endAt(moment: number): void {
    const delay = moment - Date.now()
    // Not at once: the events of the past have not been offered yet.
    this.#timer = setTimeout(() => (delay > MAX_DELAY ? this.#endAt(moment) : this.#end()), Math.min(Math.max(delay, 0), MAX_DELAY))
  }
}
