/** Being woken when a file changes: one inotify watch for all who wait for it. */
import { type FSWatcher, watch } from 'node:fs'
import { PockerError } from '../../api/errors.ts'

interface Waiting {
  resolve(): void
  reject(error: unknown): void
}

/**
 * Counts the changes of a file, so that none is lost between looking at the file and waiting:
 * take the count, look, then wait for a change after that count.
 */
export class FileWatch {
  readonly #path: string
  readonly #waiting = new Set<Waiting>()
  #watcher: FSWatcher | undefined
  #users = 0
  #changes = 0

  constructor(path: string) {
    this.#path = path
  }

  /** Watches from now on, until as many `close`. Errors: PockerError Unavailable `too-many-watches`. */
  open(): void {
    this.#watcher ??= this.#start()
    this.#users++
  }

  close(): void {
    this.#users--
    if (this.#users > 0) return
    this.#watcher?.close()
    this.#watcher = undefined
  }

  get changes(): number {
    return this.#changes
  }

  /** Resolves when the file has changed after the count was `seen`, or as soon as one of the signals is aborted. */
  async changeAfter(seen: number, signals: readonly AbortSignal[]): Promise<void> {
    if (this.#changes !== seen || signals.some((signal) => signal.aborted)) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const wake = () => resolve()
    const waiting = { resolve: wake, reject }
    this.#waiting.add(waiting)
    for (const signal of signals) signal.addEventListener('abort', wake)
    try {
      await promise
    } finally {
      this.#waiting.delete(waiting)
      for (const signal of signals) signal.removeEventListener('abort', wake)
    }
  }

  #start(): FSWatcher {
    try {
      const watcher = watch(this.#path)
      watcher.on('change', () => {
        this.#changes++
        for (const waiting of this.#waiting) waiting.resolve()
      })
      watcher.on('error', (error) => {
        for (const waiting of this.#waiting) waiting.reject(error)
      })
      return watcher
    } catch (error) {
      if (!isLimit(error)) throw error
      throw new PockerError('Unavailable', 'follow log: the system watches as many files as it may', {
        code: 'too-many-watches',
        hint: 'Raise fs.inotify.max_user_watches and fs.inotify.max_user_instances.',
        cause: error,
      })
    }
  }
}

function isLimit(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EMFILE')
}
