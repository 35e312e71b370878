/** What calls its listeners back, in the form of VS Code's events, for parts that must run without an editor. */
import type { Disposable, Event } from 'vscode'

export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>()

  /** To listen; the disposable ends it. */
  readonly event: Event<T> = (listener, thisArgument, disposables) => {
    // A set knows one function but once, and the same one may listen twice.
    const call = (value: T) => void listener.call(thisArgument, value)
    this.#listeners.add(call)
    const disposable: Disposable = { dispose: () => this.#listeners.delete(call) }
    disposables?.push(disposable)
    return disposable
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0
  }

  /** Calls all who listen now; one that fails does not keep the others from hearing it. */
  fire(value: T): void {
    const failures: unknown[] = []
    for (const listener of [...this.#listeners]) {
      try {
        listener(value)
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures, 'several listeners failed')
  }

  dispose(): void {
    this.#listeners.clear()
  }
}
