/** What events ask to be looked at again: gathered for a moment, and done one after the other. */
import { isAborted } from '../client/engine-problem.ts'

export interface Refreshing {
  containers(ids: readonly string[]): Promise<void>
  images(): Promise<void>
  /** Told of what the work failed at, but for its being cancelled. */
  onFailure(error: unknown): void
}

/** Several events of one container come within a few milliseconds: create, start; die, stop. */
const GATHER = 20

export class RefreshQueue {
  readonly #work: Refreshing
  #ids = new Set<string>()
  #hasImages = false
  #timer: NodeJS.Timeout | undefined
  #isBusy = false
  #isOver = false

  constructor(work: Refreshing) {
    this.#work = work
  }

  container(id: string): void {
    this.#ids.add(id)
    this.#plan()
  }

  images(): void {
    this.#hasImages = true
    this.#plan()
  }

  /** Nothing more is begun. */
  end(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
  }

  #plan(): void {
    if (this.#isBusy || this.#isOver || this.#timer !== undefined) return
    this.#timer = setTimeout(() => void this.#run(), GATHER)
  }

  async #run(): Promise<void> {
    this.#timer = undefined
    this.#isBusy = true
    const ids = [...this.#ids]
    const hasImages = this.#hasImages
    this.#ids = new Set()
    this.#hasImages = false
    try {
      if (ids.length > 0) await this.#work.containers(ids)
      if (hasImages) await this.#work.images()
    } catch (error) {
      if (!isAborted(error)) this.#work.onFailure(error)
    } finally {
      this.#isBusy = false
    }
    if (this.#ids.size > 0 || this.#hasImages) this.#plan()
  }
}
