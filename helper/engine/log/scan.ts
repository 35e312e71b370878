/** Finding the frames in a block of a log file that a crash, a full disk or a kill may have left broken anywhere. */
import { type Block, beginsHeader, endOfFrame, type Frame, findHeader, frameAt, HEADER_SIZE, isHeader, MAX_FRAME } from './frame.ts'

/** So much of the file must follow a frame's beginning to tell a broken frame from a sound one. */
const SIGHT = 2 * MAX_FRAME + HEADER_SIZE

export interface Scan {
  /** The whole frames, in order. */
  readonly frames: readonly Frame[]
  /** How many bytes of the block are done with; what follows has to be looked at again with more behind it. */
  readonly done: number
}

type Verdict = 'whole' | 'broken' | 'unclear'

/**
 * The whole frames of a block. `ends` says that the file ends where the block does, so that nothing more can be waited for.
 *
 * A frame is believed when another one, or the end of the file, follows it. Where that is not so, either the bytes after it are damaged,
 * or it was cut off and the frames written after the crash lie inside its claimed length: then those are found and it is given up.
 * A log inside a log (a container that prints one) is not taken apart: inside a frame that is followed by a frame nobody looks.
 */
export function scanFrames(block: Block, ends: boolean): Scan {
  const frames: Frame[] = []
  const length = block.bytes.length
  let at = 0
  while (at < length) {
    if (!isHeader(block, at)) {
      const next = findHeader(block, at + 1)
      // The last bytes may be the beginning of a header that has not been written, or read, to its end.
      if (next === -1) return { frames, done: Math.max(at, length - HEADER_SIZE + 1) }
      at = next
    }
    const verdict = judge(block, at, ends)
    if (verdict === 'unclear') break
    if (verdict === 'whole') {
      frames.push(frameAt(block, at))
      at = endOfFrame(block, at)
      continue
    }
    const next = findHeader(block, at + 1)
    if (next === -1) break
    at = next
  }
  return { frames, done: Math.min(at, length) }
}

function judge(block: Block, at: number, ends: boolean): Verdict {
  const length = block.bytes.length
  const next = endOfFrame(block, at)
  if (isHeader(block, next)) return 'whole'
  if (!ends && length - at < SIGHT) return 'unclear'
  if (ends && endsWell(block, next)) return 'whole'
  if (holdsFrame(block, at + 1, Math.min(next, length), ends)) return 'broken'
  return next <= length ? 'whole' : 'unclear'
}

/** Whether the file's end comes right after a frame, or what is there of the next one looks like one. */
function endsWell(block: Block, next: number): boolean {
  const rest = block.bytes.length - next
  return rest >= 0 && rest < HEADER_SIZE && beginsHeader(block, next)
}

/** Whether a frame that is itself followed by a frame, or by the end of the file, begins between `from` and `to`. */
function holdsFrame(block: Block, from: number, to: number, ends: boolean): boolean {
  for (let at = findHeader(block, from); at !== -1 && at < to; at = findHeader(block, at + 1)) {
    const next = endOfFrame(block, at)
    if (isHeader(block, next) || (ends && endsWell(block, next))) return true
  }
  return false
}
