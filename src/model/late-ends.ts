/**
 * Docker tells that a container has ended before its own list knows: the event comes first, then mounts are taken down, and only then the
 * list is brought up to date (moby daemon/monitor.go, handleContainerExit). So one that is said to have ended and is listed as running
 * is looked at again, a few times.
 */
import type { ContainerRow } from './rows.ts'

/** Milliseconds from one look to the next. */
const LOOKS = [100, 300, 1000, 3000] as const

export class LateEnds {
  readonly #lookAgain: (id: string) => void
  /** How often each has been looked at. */
  readonly #ended = new Map<string, number>()
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(lookAgain: (id: string) => void) {
    this.#lookAgain = lookAgain
  }

  onEvent(action: string | null | undefined, id: string): void {
    if (action === 'die') this.#ended.set(id, 0)
    if (action === 'start') this.#ended.delete(id)
  }

  /** What the list says of it, after an event; nothing when it is gone. */
  onRow(id: string, row: ContainerRow | undefined): void {
    const count = this.#ended.get(id)
    if (count === undefined) return
    const delay = LOOKS[count]
    if (row?.status !== 'running' || delay === undefined) {
      this.#ended.delete(id)
      return
    }
    this.#ended.set(id, count + 1)
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#lookAgain(id)
    }, delay)
    this.#timers.add(timer)
  }

  /** Nothing more is looked at. */
  end(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#ended.clear()
  }
}
