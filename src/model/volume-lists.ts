/** The volumes of hosts, with their sizes where an engine tells them. */
import type { Disposable } from 'vscode'
import { Emitter } from '../events/emitter.ts'
import type { Host } from '../hosts/host.ts'
import { HostLists } from './host-lists.ts'
import type { VolumeRow } from './rows.ts'
import { volumeRowsSchema, volumeSizesSchema } from './volume-row.ts'

/** Milliseconds: to tell sizes, an engine looks at every file. */
const SIZES_FOR = 60_000

interface Sizes {
  readonly at: number
  readonly bytes: ReadonlyMap<string, number>
}

export class VolumeLists implements Disposable {
  readonly #lists = new HostLists<VolumeRow>((host, signal) => host.client.ask('GET', '/volumes', volumeRowsSchema, { signal }))
  readonly #sizes = new Map<Host, Sizes>()
  readonly #changed = new Emitter<Host>()
  readonly #now: () => number
  readonly #ending = new AbortController()
  /** The rows, or sizes of them, are others now. */
  readonly onDidChange = this.#changed.event

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#lists.onDidChange((host) => {
      this.#changed.fire(host)
      void this.#readSizes(host)
    })
  }

  /** See `HostLists`. */
  known(host: Host): readonly VolumeRow[] {
    return this.#lists.known(host)
  }

  isKnown(host: Host): boolean {
    return this.#lists.isKnown(host)
  }

  /** Errors: EngineError. */
  async read(host: Host): Promise<readonly VolumeRow[]> {
    return await this.#lists.read(host)
  }

  /** Bytes; undefined when the engine has not told yet, or does not know. */
  sizeOf(host: Host, name: string): number | undefined {
    return this.#sizes.get(host)?.bytes.get(name)
  }

  stale(host: Host): void {
    this.#lists.stale(host)
  }

  forget(host: Host): void {
    this.#lists.forget(host)
    this.#sizes.delete(host)
  }

  dispose(): void {
    this.#ending.abort()
    this.#lists.dispose()
    this.#changed.dispose()
  }

  async #readSizes(host: Host): Promise<void> {
    const before = this.#sizes.get(host)
    if (before !== undefined && this.#now() - before.at < SIZES_FOR) return
    if (this.#lists.known(host).length === 0) return
    const at = this.#now()
    this.#sizes.set(host, { at, bytes: before?.bytes ?? new Map() })
    try {
      const bytes = await host.client.ask('GET', '/system/df', volumeSizesSchema, {
        query: { type: 'volume' },
        signal: this.#ending.signal,
        timeout: 0,
      })
      this.#sizes.set(host, { at, bytes })
    } catch {
      return // rows without sizes are rows all the same, and what is wrong with the host is said elsewhere
    }
    this.#changed.fire(host)
  }
}
