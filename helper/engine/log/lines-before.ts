import { BackwardLines, compareLines } from './backward-lines.ts'
import { framesBefore } from './backwards.ts'
import type { LogIndex } from './index.ts'
import { MAX_TEXT, type PendingLine } from './pending-line.ts'
import { endOfPosition, type Position, positionOf } from './position.ts'

/** Bytes of text after which a page is full, however few lines it has. */
export const PAGE_BYTES = 4 << 20

export interface BeforeRequest {
  /** Absent: the last lines of the log. */
  readonly before?: Position
  readonly lines: number
  /** The log's size. */
  readonly size: number
  readonly signal: AbortSignal
}

export interface BeforePage {
  /** In their order. */
  readonly lines: readonly PendingLine[]
  readonly hasOlder: boolean
  /** The last byte that was read; undefined when there is none. */
  readonly end: Position | undefined
}

/** The lines before a place. Reads about as much as they take up, a MiB at the least. Errors: NotFound `log-position-gone`, those of read(2). */
export async function linesBefore(descriptor: number, index: LogIndex, request: BeforeRequest): Promise<BeforePage> {
  const { before } = request
  const place = before === undefined ? request.size : endOfPosition(descriptor, before)
  if (place === undefined) return { lines: [], hasOlder: false, end: undefined }
  const lines: PendingLine[] = []
  let [begun, shown] = [0, 0]
  let end: Position | undefined
  const isFull = () => begun >= request.lines || shown >= PAGE_BYTES
  const reader = new BackwardLines({
    from: before === undefined ? 'end' : 'position',
    take: (line) => {
      lines.push(line)
      shown += Math.min(line.length, MAX_TEXT)
    },
    wants: () => {
      if (isFull()) return false
      begun++
      return true
    },
  })
  const page = (hasOlder: boolean): BeforePage => ({ lines: lines.sort(compareLines), hasOlder, end })
  for await (const { frames } of framesBefore(descriptor, index, place)) {
    for (const frame of frames.toReversed()) {
      end ??= positionOf(frame, frame.data.length - 1)
      const stop = frame.at === before?.at ? before.byte : undefined
      if (isFull() && !reader.needs(frame.stream)) reader.pass(frame)
      else reader.take(frame, stop)
    }
    // Of a stream that has been silent for a MiB no open line is looked for.
    if ((isFull() && reader.pending.length === 0) || request.signal.aborted) return page(true)
  }
  reader.finish()
  return page(reader.refused)
}
