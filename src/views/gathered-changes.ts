/** Changes of rows that come together, delivered together. */
import type { Host } from '../hosts/host.ts'

export interface Changes {
  /** Everything may look different; nothing else counts then. */
  readonly isAll: boolean
  /** By host, the ids of what may look different there. */
  readonly rows: ReadonlyMap<Host, ReadonlySet<string>>
}

/** Milliseconds: an engine's events of one act come within a few of them, and nobody sees the difference. */
const GATHER = 16

export class GatheredChanges {
  readonly #deliver: (changes: Changes) => void
  #rows = new Map<Host, Set<string>>()
  #isAll = false
  #timer: NodeJS.Timeout | undefined

  constructor(deliver: (changes: Changes) => void) {
    this.#deliver = deliver
  }

  all(): void {
    this.#isAll = true
    this.#plan()
  }

  row(host: Host, id: string): void {
    const ids = this.#rows.get(host) ?? new Set()
    this.#rows.set(host, ids.add(id))
    this.#plan()
  }

  dispose(): void {
    clearTimeout(this.#timer)
  }

  #plan(): void {
    this.#timer ??= setTimeout(() => {
      const changes = { isAll: this.#isAll, rows: this.#rows }
      this.#timer = undefined
      this.#isAll = false
      this.#rows = new Map()
      this.#deliver(changes)
    }, GATHER)
  }
}
