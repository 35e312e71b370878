/** Reading files, a piece at each request, however large they are. */
import { closeSync, readSync } from 'node:fs'
import { linux } from '../../linux/constants.ts'
import { type FileRequests, type FileResults, PIECE } from '../requests.ts'
import { describeFound, type Shown } from './describe.ts'
import { nodeFailure } from './failure.ts'
import { lookAtOpen } from './look.ts'
import { checkRegular, openRegular } from './open-regular.ts'
import { findThrough } from './place.ts'
import type { Outcome } from './work.ts'

const VERB = 'read file'

/** Each piece is sent before the next one is read. */
const buffer = Buffer.allocUnsafeSlow(PIECE)

export interface Reading extends Disposable {
  next(): Outcome<{ readonly isLast: boolean }>
}

/**
 * Opens a regular file and reads its first piece. Devices, pipes and sockets are never opened: doing so can already do something.
 * Errors: those of `failure`.
 */
export function openForReading(
  { path, offset, length }: FileRequests['open'],
  shown: Shown,
): { opened: Outcome<FileResults['open']>; reading: Reading | undefined } {
  using place = findThrough(path, VERB)
  // Without waiting: files of /proc may have nothing to say yet. The time of the last access stays as it is.
  const file = openRegular(place, linux.O_RDONLY | linux.O_NOATIME | linux.O_NONBLOCK)
  const reading = readingOf(file, { path, offset, length })
  try {
    const stat = describeFound(place, checkRegular(place, lookAtOpen(file)), shown)
    const { result, payload } = reading.next()
    if (result.isLast) reading[Symbol.dispose]()
    return { opened: { result: { stat }, ...(payload === undefined ? {} : { payload }) }, reading: result.isLast ? undefined : reading }
  } catch (error) {
    reading[Symbol.dispose]()
    throw error
  }
}

function readingOf(file: number, { path, offset, length = Number.MAX_SAFE_INTEGER }: FileRequests['open']): Reading {
  const end = Math.min(offset + length, Number.MAX_SAFE_INTEGER)
  let position = offset
  return {
    next() {
      const wanted = Math.min(PIECE, end - position)
      let size = 0
      try {
        while (size < wanted) {
          const count = readSync(file, buffer, size, wanted - size, position + size)
          // Not what the size says: files grow, and those of /proc have none.
          if (count === 0) break
          size += count
        }
      } catch (error) {
        throw nodeFailure(VERB, path, error)
      }
      position += size
      return { result: { isLast: size < wanted || position === end }, payload: buffer.subarray(0, size) }
    },
    [Symbol.dispose]: () => closeSync(file),
  }
}
