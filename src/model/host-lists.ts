/** What hosts have of a kind that their models do not hold, asked for when somebody looks, and again when an event says that it is another. */
import type { Disposable } from 'vscode'
import { isAborted } from '../client/engine-problem.ts'
import { Emitter } from '../events/emitter.ts'
import type { Host } from '../hosts/host.ts'

/** Milliseconds: the events of a container's start come together. */
const GATHER = 100

interface List<Row> {
  rows: readonly Row[] | undefined
  failure: unknown
  reading: Promise<void> | undefined
  isStale: boolean
  timer: NodeJS.Timeout | undefined
}

export class HostLists<Row> implements Disposable {
  readonly #ask: (host: Host, signal: AbortSignal) => Promise<readonly Row[]>
  readonly #lists = new Map<Host, List<Row>>()
  readonly #changed = new Emitter<Host>()
  readonly #ending = new AbortController()
  /** The rows have been read. */
  readonly onDidChange = this.#changed.event

  /** `ask` gives the rows as they are now. Errors: EngineError. */
  constructor(ask: (host: Host, signal: AbortSignal) => Promise<readonly Row[]>) {
    this.#ask = ask
  }

  /** What is known now. A host's first is asked for, which `onDidChange` tells the end of. */
  known(host: Host): readonly Row[] {
    const list = this.#of(host)
    if (list.rows === undefined && list.failure === undefined && host.state.kind === 'ready') void this.#read(host, list)
    return list.rows ?? []
  }

  /** Whether it is known that there are these and no others. */
  isKnown(host: Host): boolean {
    const { rows, failure } = this.#of(host)
    return rows !== undefined || failure !== undefined
  }

  /** The rows as they are. Errors: EngineError. */
  async read(host: Host): Promise<readonly Row[]> {
    const list = this.#of(host)
    await this.#read(host, list)
    if (list.rows === undefined || list.failure !== undefined) throw list.failure
    return list.rows
  }

  /** They may be others: read again soon, if anybody has looked. */
  stale(host: Host): void {
    const list = this.#lists.get(host)
    if (list === undefined) return
    list.timer ??= setTimeout(() => {
      list.timer = undefined
      void this.#read(host, list)
    }, GATHER)
  }

  /** Nothing is known of a host any more. */
  forget(host: Host): void {
    clearTimeout(this.#lists.get(host)?.timer)
    this.#lists.delete(host)
  }

  dispose(): void {
    this.#ending.abort()
    for (const { timer } of this.#lists.values()) clearTimeout(timer)
    this.#changed.dispose()
  }

  #of(host: Host): List<Row> {
    const known = this.#lists.get(host)
    if (known !== undefined) return known
    const list: List<Row> = { rows: undefined, failure: undefined, reading: undefined, isStale: false, timer: undefined }
    this.#lists.set(host, list)
    return list
  }

  /** One at a time: what is asked for meanwhile is read once more. Never rejects. */
  async #read(host: Host, list: List<Row>): Promise<void> {
    list.isStale = true
    list.reading ??= this.#readAll(host, list).finally(() => {
      list.reading = undefined
    })
    await list.reading
  }

  async #readAll(host: Host, list: List<Row>): Promise<void> {
    while (list.isStale) {
      list.isStale = false
      try {
        list.rows = await this.#ask(host, this.#ending.signal)
        list.failure = undefined
      } catch (error) {
        if (isAborted(error)) return
        list.failure = error
      }
      this.#changed.fire(host)
    }
  }
}
