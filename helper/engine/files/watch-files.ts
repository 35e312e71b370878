/** A watch of files that goes on when another process comes to serve them. */
import { PockerError } from '../../api/errors.ts'
import type { FileChange } from '../../api/files.ts'
import type { FilePlace } from '../../http/backend.ts'
import type { EngineContext } from '../context.ts'
import { settled, withFiles } from './file-places.ts'

/** Changes that wait for a reader who is too slow, after which it is told that there were more. */
const MAX_WAITING = 10_000

export interface WatchOptions {
  readonly path: string
  readonly recursive: boolean
  /** Fires when nobody reads any more. */
  readonly signal: AbortSignal
}

/** Resolves when it watches. Errors: those of `withFiles`. */
export async function watchFiles(context: EngineContext, place: FilePlace, options: WatchOptions): Promise<AsyncIterable<FileChange>> {
  const changes = new ChangeQueue(options.path)
  // Before anything that is told as soon as it watches.
  changes.add([{ kind: 'ready', path: options.path }])
  let subscription = await subscribe(context, place, options, changes)
  const gone = aborted(options.signal)
  const follow = async (): Promise<void> => {
    try {
      for (;;) {
        await Promise.race([subscription.ended, gone])
        if (options.signal.aborted) return
        subscription.leave()
        await settled(context, place)
        subscription = await subscribe(context, place, options, changes)
        changes.add([{ kind: 'overflow', path: options.path }])
      }
    } finally {
      subscription.leave()
    }
  }
  follow().then(
    () => changes.end(),
    (error: unknown) => changes.end(isOver(error) ? undefined : error),
  )
  return changes
}

interface Subscription {
  /** Resolves when another process is to be asked. */
  readonly ended: Promise<void>
  /** May be called more than once. */
  leave(): void
}

async function subscribe(
  context: EngineContext,
  place: FilePlace,
  { path, recursive }: WatchOptions,
  changes: ChangeQueue,
): Promise<Subscription> {
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  const leave = await withFiles(context, place, { access: 'read', isRepeatable: true }, (server) =>
    server.watch({ path, recursive }, { onChanges: (some) => changes.add(some), onEnd: resolve }),
  )
  return { ended, leave }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** The container is gone, or what was watched. */
function isOver(error: unknown): boolean {
  return error instanceof PockerError && (error.kind === 'NotFound' || error.code === 'container-removing')
}

/** No generator: one that waits for the next value cannot be ended. One reader. */
class ChangeQueue implements AsyncIterable<FileChange>, AsyncIterator<FileChange, undefined> {
  private readonly path: string
  private waiting: FileChange[] = []
  private taker: PromiseWithResolvers<IteratorResult<FileChange, undefined>> | undefined
  private isOver = false
  private failure: unknown

  constructor(path: string) {
    this.path = path
  }

  [Symbol.asyncIterator](): AsyncIterator<FileChange, undefined> {
    return this
  }

  add(changes: readonly FileChange[]): void {
    this.waiting =
      this.waiting.length + changes.length > MAX_WAITING ? [{ kind: 'overflow', path: this.path }] : this.waiting.concat(changes)
    this.serve()
  }

  /** Nothing more comes; what waits can still be taken. */
  end(error?: unknown): void {
    this.isOver = true
    this.failure = error
    this.serve()
  }

  next(): Promise<IteratorResult<FileChange, undefined>> {
    this.taker = Promise.withResolvers()
    const { promise } = this.taker
    this.serve()
    return promise
  }

  private serve(): void {
    const { taker } = this
    const [next] = this.waiting
    if (taker === undefined || (next === undefined && !this.isOver)) return
    this.taker = undefined
    this.waiting.shift()
    if (next !== undefined) taker.resolve({ value: next, done: false })
    else if (this.failure !== undefined) taker.reject(this.failure)
    else taker.resolve({ value: undefined, done: true })
  }
}
