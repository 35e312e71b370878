/** "Start Pocker" on this machine. */
import { Emitter } from '../events/emitter.ts'
import type { StartPurpose } from '../hosts/local/start-purpose.ts'
import type { LocalStart } from '../hosts/local-start.ts'

/** Whether Pocker is being started, for the views; and one start at a time, whoever wants it. */
export class Starting {
  readonly #local: LocalStart
  readonly #retry: () => void
  readonly #changed = new Emitter<void>()
  #running: Promise<void> | undefined
  readonly onDidChange = this.#changed.event

  /** `retry` looks for what has been started. */
  constructor(local: LocalStart, retry: () => void) {
    this.#local = local
    this.#retry = retry
  }

  get isOn(): boolean {
    return this.#running !== undefined
  }

  /** Starts it, or waits for the start that is under way. Errors: those of `LocalStart`. */
  start(purpose: StartPurpose = 'start'): Promise<void> {
    this.#running ??= this.#run(purpose)
    return this.#running
  }

  dispose(): void {
    this.#changed.dispose()
  }

  async #run(purpose: StartPurpose): Promise<void> {
    // Behind the assignment of who has called this.
    await Promise.resolve()
    this.#changed.fire()
    try {
      await this.#local.start(purpose)
    } finally {
      this.#running = undefined
      this.#retry()
      this.#changed.fire()
    }
  }
}
