/** One container's log, which its keeper writes, as the engine reads it. */
import { statSync } from 'node:fs'
import type { FollowedLines, LogChunk, LogLine, LogOptions, LogPage, LogPageOptions, LogSearch, OutputChunk } from '../../http/backend.ts'
import { followFrames } from './follow.ts'
import { followLines } from './follow-lines.ts'
import type { Place } from './index.ts'
import { LogFile } from './log-file.ts'
import { readPosition, START } from './position.ts'
import { checkPosition, readPage, search } from './read-lines.ts'
import { HISTORY_BLOCK, readFrames } from './reader.ts'
import { Selection } from './selection.ts'
import { type Cuts, findTail } from './tail.ts'

const MILLION = 1_000_000n
/** The longest that a timer waits. */
const MAX_DELAY = 0x7fff_ffff

/** When a reading ends by itself. */
export interface ReadControl {
  /** Aborted when the container has ended for good and its keeper has written everything: following ends there. */
  readonly ended: AbortSignal
  /** Aborted when the client has gone. Ending the iteration does the same. */
  readonly signal?: AbortSignal
}

export interface Log {
  /** Where the next frame will be written: what is attached here misses nothing from now on. 0 when there is no file yet. */
  size(): number
  /**
   * The log as Docker's `logs` selects it: the last `tail` lines, of these what was begun at `since` or later and written by `until`.
   * Chunks are as the process wrote them, cut only at the beginning of the first line. Errors: PockerError, those of read(2).
   */
  read(options: LogOptions, control: ReadControl): AsyncIterable<LogChunk>
  /** The output from a place on, as it comes. Errors: as for `read`. */
  attach(from: number, streams: Pick<LogOptions, 'stdout' | 'stderr'>, control: ReadControl): AsyncIterable<OutputChunk>
  /** Lines, with positions to read on from. Errors: InvalidParameter `bad-log-position`, NotFound `log-position-gone`, those of read(2). */
  page(options: LogPageOptions): Promise<LogPage>
  /** Whether a position still is one. Errors: as for `page`. */
  check(position: string | undefined): void
  /** What comes after a position, or from now on when there is none. Errors: as for `page`. */
  follow(after: string | undefined, control: ReadControl): AsyncIterable<FollowedLines>
  /** Errors: as for `page`. */
  search(search: LogSearch, signal: AbortSignal): AsyncIterable<LogLine | { readonly before: string | undefined }>
  /** Ends all readings. */
  close(): void
}

/** The log at `path`, which need not exist yet; nothing is opened before someone reads. */
export function openLog(path: string): Log {
  const file = new LogFile(path)
  const closing = new AbortController()
  const start = (request: Request, { ended, signal }: ReadControl) =>
    cancellable((gone) => readLog(file, request, { ended, gone: [gone, closing.signal, ...(signal === undefined ? [] : [signal])] }))
  return {
    size: () => statSync(path, { throwIfNoEntry: false })?.size ?? 0,
    read: start,
    attach: (from, streams, control) => start({ ...streams, follow: true, from }, control),
    page: (options) => readPage(file, options),
    check: (position) => checkPosition(file, position),
    follow: (after, { ended, signal }) =>
      cancellable((gone) => followFrom(file, after, { ended, gone: [gone, closing.signal, ...(signal === undefined ? [] : [signal])] })),
    search: (wanted, signal) => search(file, wanted, signal),
    close: () => closing.abort(),
  }
}

interface Request extends LogOptions {
  /** A place to begin at, instead of where the options say. */
  readonly from?: number
}

interface Control {
  readonly ended: AbortSignal
  readonly gone: readonly AbortSignal[]
}

async function* readLog(file: LogFile, request: Request, { ended, gone }: Control): AsyncGenerator<LogChunk, void, void> {
  using held = new DisposableStack()
  const descriptor = file.acquire()
  held.defer(() => file.release())
  const endings = [ended]
  if (request.follow) {
    file.watch.open()
    held.defer(() => file.watch.close())
    if (request.until !== undefined) endings.push(held.adopt(new Deadline(request.until), (deadline) => deadline.cancel()).signal)
  }
  const { size, generation } = file.look()
  const { at, cuts, openLines } = await beginningOf(file, descriptor, request, size)
  const selection = new Selection({ ...request, openLines, ...(cuts === undefined ? {} : { cuts }) })
  const batches = request.follow
    ? followFrames(file, descriptor, { from: at, generation, ended: endings, gone })
    : readFrames(descriptor, { from: at, to: size, blockSize: HISTORY_BLOCK })
  let position = at
  for await (const batch of batches) {
    if (batch.from < position) selection.restart()
    position = batch.next
    file.index.add(batch)
    for (const frame of batch.frames) {
      if (request.until !== undefined && frame.time > request.until) return
      const chunk = selection.take(frame)
      if (chunk !== undefined) yield chunk
    }
  }
}

async function* followFrom(file: LogFile, after: string | undefined, { ended, gone }: Control): AsyncGenerator<FollowedLines, void, void> {
  using held = new DisposableStack()
  const descriptor = file.acquire()
  held.defer(() => file.release())
  file.watch.open()
  held.defer(() => file.watch.close())
  const place = after ?? (await readPage(file, { lines: 1, signal: AbortSignal.any([...gone]) })).after
  const from = place === START ? {} : { after: readPosition(place) }
  yield* followLines(file, descriptor, { ...from, ended: [ended], gone })
}

interface Beginning extends Place {
  readonly cuts?: Cuts
}

async function beginningOf(file: LogFile, descriptor: number, request: Request, size: number): Promise<Beginning> {
  if (request.from !== undefined) return { at: request.from, openLines: 0 }
  if (request.tail !== undefined) {
    const cuts = await findTail(descriptor, file.index, { lines: request.tail, size })
    return { at: Math.min(...cuts.map((cut) => cut.at)), openLines: 0, cuts }
  }
  return request.since === undefined ? { at: 0, openLines: 0 } : file.index.since(request.since)
}

/** A signal aborted at a moment, in nanoseconds since 1970. */
class Deadline {
  readonly #controller = new AbortController()
  #timer: NodeJS.Timeout | undefined

  constructor(moment: bigint) {
    this.#wait(Number(moment / MILLION))
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  cancel(): void {
    clearTimeout(this.#timer)
  }

  #wait(moment: number): void {
    const delay = moment - Date.now()
    if (delay < 0) this.#controller.abort()
    // A timer's delay is a 32-bit number, and a greater one would end at once.
    else this.#timer = setTimeout(() => this.#wait(moment), Math.min(delay + 1, MAX_DELAY))
  }
}

/** An iteration that can be ended while it waits: a generator alone would only hear of it at its next value. */
function cancellable<T>(start: (gone: AbortSignal) => AsyncGenerator<T, void, void>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]: () => {
      const gone = new AbortController()
      const generator = start(gone.signal)
      return {
        next: () => generator.next(),
        return: () => {
          gone.abort()
          return generator.return()
        },
      }
    },
  }
}
