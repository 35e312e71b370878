import { AsyncLocalStorage } from 'node:async_hooks'

interface Act {
  isOver: boolean
}

/**
 * Tells what is done because the user has just asked for it from what happens by itself: only the former may start an engine, which may ask
 * for a password. What an act leaves running, such as a tab that follows something, is no act any more when the command is over.
 */
export class Acts {
  readonly #storage = new AsyncLocalStorage<Act>()

  /** Whether the code that asks runs for a command that is not over. */
  get isActing(): boolean {
    return this.#storage.getStore()?.isOver === false
  }

  /** Runs a command's work. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const act: Act = { isOver: false }
    try {
      return await this.#storage.run(act, work)
    } finally {
      act.isOver = true
    }
  }
}
