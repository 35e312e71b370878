/** Reading a log on as it grows. */
import type { LogFile } from './log-file.ts'
import { type Batch, FOLLOW_BLOCK, readFrames } from './reader.ts'

export interface FollowRange {
  readonly from: number
  /** The file's, when `from` was found. */
  readonly generation: number
  /** Nothing more will be written once one of these is aborted: what is there is still handed out. */
  readonly ended: readonly AbortSignal[]
  /** Nobody wants any more once one of these is aborted. */
  readonly gone: readonly AbortSignal[]
}

/**
 * The frames from a place on, then those written later, until `ended` or `gone`. Reads only when asked for more,
 * so a slow reader costs no memory; when the writer frees what it has not read, it goes on at the first frame that is left,
 * and when the writer empties the file, at its beginning: `from` of that batch is before `next` of the one before it.
 * Preconditions: the file is acquired and its watch open.
 */
export async function* followFrames(file: LogFile, descriptor: number, range: FollowRange): AsyncGenerator<Batch, void, void> {
  const { ended, gone } = range
  const wakeUps = [...ended, ...gone]
  let { from: position, generation } = range
  for (;;) {
    // In this order: a change or an end that comes after a look at the size is seen by the wait.
    const seen = file.watch.changes
    const isLast = isAny(ended)
    const look = file.look()
    if (look.generation !== generation) {
      generation = look.generation
      position = 0
    }
    const before = position
    for await (const batch of readFrames(descriptor, { from: position, to: look.size, blockSize: FOLLOW_BLOCK })) {
      if (isAny(gone)) return
      position = batch.next
      yield batch
    }
    if (isAny(gone)) return
    if (position !== before) continue
    if (isLast) return
    await file.watch.changeAfter(seen, wakeUps)
  }
}

function isAny(signals: readonly AbortSignal[]): boolean {
  return signals.some((signal) => signal.aborted)
}
