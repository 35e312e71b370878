/** Copying what a file holds into another, holes as holes. */
import { readSync, writeSync } from 'node:fs'
import { constants } from 'node:os'
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import { done, nodeFailure } from './failure.ts'
import type { Place } from './place.ts'
import type { Work } from './work.ts'

const { EBADF, EINVAL, ENOSYS, ENXIO, EOPNOTSUPP, EXDEV } = constants.errno
/** The kernel cannot copy between these two: then bytes are read and written. */
const NOT_BY_KERNEL = new Set([-EXDEV, -EINVAL, -ENOSYS, -EOPNOTSUPP, -EBADF])
const STEP = 1 << 20
const buffer = Buffer.allocUnsafeSlow(STEP)

export interface Copying {
  readonly from: number
  readonly to: number
  /** Bytes, by what `from` says. */
  readonly size: number
  /** For errors. */
  readonly place: Place
}

/** Copies all content to an empty file. Errors: those of `failure`. */
export function* copyContent(copying: Copying): Work<void> {
  const { from, to, size, place } = copying
  // Files of /proc say that they are empty.
  if (size === 0) {
    yield* copyRange(copying, 0, Number.MAX_SAFE_INTEGER)
    return
  }
  let position = 0
  while (position < size) {
    const data = tryCall('lseek', [from, position, linux.SEEK_DATA])
    if (data === -ENXIO) break
    const hole = data < 0 ? size : tryCall('lseek', [from, data, linux.SEEK_HOLE])
    const begin = Math.max(data, position)
    const end = Math.min(hole < 0 ? size : hole, size)
    yield* copyRange(copying, begin, end)
    position = Math.max(end, begin + 1)
  }
  done(tryCall('ftruncate', [to, size]), place.verb, place.path)
}

/** Copies all content over what a file holds, in the room that it has. Errors: those of `failure`. */
export function* copyOver(copying: Copying): Work<void> {
  const { to, size, place } = copying
  yield* copyRange(copying, 0, size)
  done(tryCall('ftruncate', [to, size]), place.verb, place.path)
}

function* copyRange(copying: Copying, begin: number, end: number): Work<void> {
  let byKernel = copying.size > 0
  for (let position = begin; position < end; ) {
    const length = Math.min(STEP, end - position)
    const copied = byKernel ? copyByKernel(copying, position, length) : copyPiece(copying, position, length)
    byKernel &&= !NOT_BY_KERNEL.has(copied)
    if (!byKernel && NOT_BY_KERNEL.has(copied)) continue
    // It has become shorter meanwhile.
    if (done(copied, copying.place.verb, copying.place.path) === 0) return
    position += copied
    yield
  }
}

function copyByKernel({ from, to }: Copying, position: number, length: number): number {
  const [source, target] = [offset(position), offset(position)]
  return tryCall('copy_file_range', [from, source, to, target, length, 0])
}

function offset(position: number): Uint8Array {
  return new Uint8Array(new BigInt64Array([BigInt(position)]).buffer)
}

function copyPiece({ from, to, place }: Copying, position: number, length: number): number {
  try {
    const count = readSync(from, buffer, 0, length, position)
    for (let written = 0; written < count; ) written += writeSync(to, buffer, written, count - written, position + written)
    return count
  } catch (error) {
    throw nodeFailure(place.verb, place.path, error)
  }
}
