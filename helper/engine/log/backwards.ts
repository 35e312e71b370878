/** Reading a log file from one place towards its beginning. */
import { type Frame, MAX_FRAME } from './frame.ts'
import type { LogIndex } from './index.ts'
import { firstData, HISTORY_BLOCK, readFrames } from './reader.ts'

/** Two frames of the greatest size: whoever begins to read that far ahead of a place is in step with the frames there. */
const LEAD = 2 * MAX_FRAME

/** A piece of the file, its frames in order. */
export interface Before {
  readonly frames: readonly Frame[]
  /** Where it begins. */
  readonly from: number
}

/** The frames before a place, which is a frame's beginning or the file's end: the last MiB first, each piece in order. Errors: those of read(2). */
export async function* framesBefore(descriptor: number, index: LogIndex, place: number): AsyncGenerator<Before, void, void> {
  const start = firstData(descriptor, 0)
  let reached = place
  while (reached > start) {
    const before = await readBefore(descriptor, index, reached)
    reached = before.from
    yield before
  }
}

async function readBefore(descriptor: number, index: LogIndex, to: number): Promise<Before> {
  const wanted = Math.max(0, to - HISTORY_BLOCK)
  const known = index.before(wanted)
  const from = known ?? Math.max(0, wanted - LEAD)
  const frames: Frame[] = []
  for await (const batch of readFrames(descriptor, { from, to, blockSize: HISTORY_BLOCK + LEAD })) frames.push(...batch.frames)
  if (known !== undefined || from === 0) return { frames, from }
  const inStep = frames.filter((frame) => frame.at >= wanted)
  return { frames: inStep, from: inStep[0]?.at ?? wanted }
}
