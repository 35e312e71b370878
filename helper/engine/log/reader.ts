/** Reading a log file from one place to another, block by block. */
import { fstatSync, read, readSync } from 'node:fs'
import { constants } from 'node:os'
import { promisify } from 'node:util'
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import { blockOf, type Frame } from './frame.ts'
import { scanFrames } from './scan.ts'

/** A history is read in blocks of this size: half of it costs a tenth of the speed, twice of it gains nothing. */
export const HISTORY_BLOCK = 1 << 20
/** A reader that may sleep for weeks holds no more than this. */
export const FOLLOW_BLOCK = 1 << 19
/** Up to here a read is done at once: what has just been written lies in memory, and a thread's answer takes ten times as long. */
const AT_ONCE = 1 << 16

const readLater = promisify(read)

/** What one read gave. */
export interface Batch {
  /** Where the batch before it ended. */
  readonly from: number
  readonly frames: readonly Frame[]
  /** Where the next frame begins, or where it is to be looked for. */
  readonly next: number
}

export interface Range {
  readonly from: number
  readonly to: number
  /** More than three frames of the greatest size. */
  readonly blockSize: number
}

/**
 * The frames between two places of the open log file, in order, as many at a time as one read gave.
 * `from` need not be a frame's beginning; ranges that have been freed, and damage, are passed over.
 * A frame that is not whole at `to` is left out, and the last batch's `next` says where it begins.
 * Errors: those of read(2).
 */
export async function* readFrames(descriptor: number, { from, to, blockSize }: Range): AsyncGenerator<Batch, void, void> {
  let known = from
  let position = from < to ? firstData(descriptor, from) : to
  while (position < to) {
    const wanted = Math.min(blockSize, to - position)
    // Each block is memory of its own: whoever has been handed a piece of it keeps it as long as needed.
    const bytes = await readBlock(descriptor, position, wanted)
    const ends = bytes.length < wanted || position + wanted === to
    const { frames, done } = scanFrames(blockOf(bytes, position), ends)
    if (wasFreed(descriptor, frames[0])) {
      position = firstData(descriptor, position)
      continue
    }
    const next = position + done
    yield { from: known, frames, next }
    if (ends) return
    known = next
    position = frames.length > 0 ? next : firstData(descriptor, next)
  }
}

async function readBlock(descriptor: number, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length)
  const count =
    length <= AT_ONCE
      ? readSync(descriptor, bytes, 0, length, position)
      : (await readLater(descriptor, bytes, 0, length, position)).bytesRead
  return bytes.subarray(0, count)
}

/**
 * Whether the writer freed the first frame while the block was being read, so that zeros may stand for data in it.
 * Freeing always begins at the file's beginning, so when the first frame is still there all others are.
 */
function wasFreed(descriptor: number, first: Frame | undefined): boolean {
  if (first === undefined) return false
  const byte = Buffer.allocUnsafe(1)
  return readSync(descriptor, byte, 0, 1, first.at) === 1 && byte[0] === 0
}

/** The first place at or after `from` that has not been freed; the file's end when there is none, `from` where the filesystem cannot say. */
export function firstData(descriptor: number, from: number): number {
  const found = tryCall('lseek', [descriptor, from, linux.SEEK_DATA])
  if (found >= 0) return found
  return -found === constants.errno.ENXIO ? Math.max(from, fstatSync(descriptor).size) : from
}
