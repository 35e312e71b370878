import { BackwardLines, compareLines, type Matcher } from './backward-lines.ts'
import { framesBefore } from './backwards.ts'
import type { LogIndex } from './index.ts'
import type { PendingLine } from './pending-line.ts'
import { endOfPosition, type Position } from './position.ts'

export interface SearchRequest {
  readonly matcher: Matcher
  /** Absent: from the log's end. */
  readonly before?: Position
  /** The log's size. */
  readonly size: number
  readonly signal: AbortSignal
}

/**
 * The lines that something is in, the last one first, as they are found. None is missing and none comes twice when a search goes on
 * before the last line of another one. Errors: NotFound `log-position-gone`, those of read(2).
 */
export async function* searchLines(
  descriptor: number,
  index: LogIndex,
  { matcher, before, size, signal }: SearchRequest,
): AsyncGenerator<PendingLine, void, void> {
  const place = before === undefined ? size : endOfPosition(descriptor, before)
  if (place === undefined) return
  const found: PendingLine[] = []
  const reader = new BackwardLines({
    from: before === undefined ? 'end' : 'position',
    matcher,
    take: (line) => found.push(line),
    wants: () => true,
  })
  for await (const { frames } of framesBefore(descriptor, index, place)) {
    for (const frame of frames.toReversed()) reader.take(frame, frame.at === before?.at ? before.byte : undefined)
    yield* settled(found, reader.pending)
    if (signal.aborted) return
  }
  reader.finish()
  yield* settled(found, [])
}

/** Takes out those that no line can come before any more: a pending one of another stream may end later and match yet. */
function settled(found: PendingLine[], pending: readonly PendingLine[]): PendingLine[] {
  found.sort((one, other) => compareLines(other, one))
  const firstHeld = found.findIndex((line) => pending.some((other) => compareLines(other, line) > 0))
  return found.splice(0, firstHeld === -1 ? found.length : firstHeld)
}
