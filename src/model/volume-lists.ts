/** The volumes of hosts, asked for when somebody looks, and again when an event says that they are others. */
import type { Disposable } from 'vscode'
import { isAborted } from '../client/engine-problem.ts'
import { Emitter } from '../events/emitter.ts'
import type { Host } from '../hosts/host.ts'
import type { VolumeRow } from './rows.ts'
import { volumeRowsSchema, volumeSizesSchema } from './volume-row.ts'

/** Milliseconds: the events of a container's start come together. */
const GATHER = 100
/** Milliseconds: to tell sizes, an engine looks at every file. */
const SIZES_FOR = 60_000

interface List {
  rows: readonly VolumeRow[] | undefined
  sizes: ReadonlyMap<string, number>
  sizesAt: number
  failure: unknown
  reading: Promise<void> | undefined
  isStale: boolean
  timer: NodeJS.Timeout | undefined
}

export class VolumeLists implements Disposable {
  readonly #lists = new Map<Host, List>()
  readonly #changed = new Emitter<Host>()
  readonly #now: () => number
  readonly #ending = new AbortController()
  /** The rows, or sizes of them, are others now. */
  readonly onDidChange = this.#changed.event

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** What is known now. A host's first is asked for, which `onDidChange` tells the end of. */
  known(host: Host): readonly VolumeRow[] {
    const list = this.#of(host)
    if (list.rows === undefined && list.failure === undefined && host.state.kind === 'ready') void this.#read(host, list)
    return list.rows ?? []
  }

  /** Whether it is known that there are these and no others. */
  isKnown(host: Host): boolean {
    const { rows, failure } = this.#of(host)
    return rows !== undefined || failure !== undefined
  }

  /** The volumes as they are. Errors: EngineError. */
  async read(host: Host): Promise<readonly VolumeRow[]> {
    const list = this.#of(host)
    await this.#read(host, list)
    if (list.rows === undefined || list.failure !== undefined) throw list.failure
    return list.rows
  }

  /** Bytes; undefined when the engine has not told yet, or does not know. */
  sizeOf(host: Host, name: string): number | undefined {
    return this.#lists.get(host)?.sizes.get(name)
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

  #of(host: Host): List {
    const known = this.#lists.get(host)
    if (known !== undefined) return known
    const list: List = {
      rows: undefined,
      sizes: new Map(),
      sizesAt: Number.NEGATIVE_INFINITY,
      failure: undefined,
      reading: undefined,
      isStale: false,
      timer: undefined,
    }
    this.#lists.set(host, list)
    return list
  }

  /** One at a time: what is asked for meanwhile is read once more. Never rejects. */
  async #read(host: Host, list: List): Promise<void> {
    list.isStale = true
    list.reading ??= this.#readAll(host, list).finally(() => {
      list.reading = undefined
    })
    await list.reading
  }

  async #readAll(host: Host, list: List): Promise<void> {
    while (list.isStale) {
      list.isStale = false
      try {
        list.rows = await host.client.ask('GET', '/volumes', volumeRowsSchema, { signal: this.#ending.signal })
        list.failure = undefined
      } catch (error) {
        if (isAborted(error)) return
        list.failure = error
      }
      this.#changed.fire(host)
    }
    void this.#readSizes(host, list)
  }

  async #readSizes(host: Host, list: List): Promise<void> {
    if (this.#now() - list.sizesAt < SIZES_FOR || (list.rows ?? []).length === 0) return
    list.sizesAt = this.#now()
    try {
      list.sizes = await host.client.ask('GET', '/system/df', volumeSizesSchema, {
        query: { type: 'volume' },
        signal: this.#ending.signal,
        timeout: 0,
      })
    } catch {
      return // rows without sizes are rows all the same, and what is wrong with the host is said elsewhere
    }
    this.#changed.fire(host)
  }
}
