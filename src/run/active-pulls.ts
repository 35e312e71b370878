/** The pulls, and other work with images that takes its time, that are going on: for the rows that show them and their ✕. */
export interface ActivePull {
  /** The same over all reports. */
  readonly id: number
  readonly title: string
  /** `18 of 45 MB`, or nothing yet. */
  readonly text: string
  readonly percent?: number
  cancel(): void
}

export class ActivePulls {
  #pulls: readonly ActivePull[] = []
  #count = 0
  readonly #listeners = new Set<() => void>()

  /** The oldest first. */
  get list(): readonly ActivePull[] {
    return this.#pulls
  }

  /** Calls back after each change; the answer ends that. */
  onDidChange(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener)
    return { dispose: () => this.#listeners.delete(listener) }
  }

  /** Adds a pull. What is given back reports on it and ends it. */
  begin(title: string, cancel: () => void): { report(text: string, percent: number | undefined): void; end(): void } {
    const id = ++this.#count
    let pull: ActivePull = { id, title, text: '', cancel }
    this.#set([...this.#pulls, pull])
    return {
      report: (text, percent) => {
        const next: ActivePull = percent === undefined ? { id, title, text, cancel } : { id, title, text, percent, cancel }
        const pulls = this.#pulls.map((other) => (other === pull ? next : other))
        pull = next
        this.#set(pulls)
      },
      end: () => this.#set(this.#pulls.filter((other) => other !== pull)),
    }
  }

  #set(pulls: readonly ActivePull[]): void {
    this.#pulls = pulls
    for (const listener of this.#listeners) listener()
  }
}
