/** The archive as it leaves the process: gathered into large writes, contents read straight into the place from where they are written. */
import { readSync, writeSync } from 'node:fs'
import { TAR_BLOCK, tarEnd, tarPadding } from './tar-write.ts'

const BUFFER_SIZE = 1 << 20

export interface PackOutput {
  header(bytes: Uint8Array): void
  /** `size` bytes of the file: what it has more is left out, what it has less is made up with zeros. Then the padding. */
  content(file: number, size: number): void
  /** The end of the archive, and everything is written. */
  end(): void
}

/** Writes to a descriptor in blocking mode: while nobody reads, the process waits. Errors: those of read(2) and write(2). */
export function packTo(descriptor: number): PackOutput {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_SIZE)
  let used = 0
  const flush = () => {
    for (let sent = 0; sent < used; ) sent += writeSync(descriptor, buffer, sent, used - sent)
    used = 0
  }
  const put = (bytes: Uint8Array) => {
    for (let from = 0; from < bytes.length; ) {
      if (used === BUFFER_SIZE) flush()
      const piece = bytes.subarray(from, from + BUFFER_SIZE - used)
      buffer.set(piece, used)
      used += piece.length
      from += piece.length
    }
  }
  const zeros = (count: number) => {
    for (let left = count; left > 0; ) {
      if (used === BUFFER_SIZE) flush()
      const length = Math.min(left, BUFFER_SIZE - used)
      buffer.fill(0, used, used + length)
      used += length
      left -= length
    }
  }
  const content = (file: number, size: number) => {
    let left = size
    while (left > 0) {
      // A read cut short by the buffer's end costs as much as a full one.
      if (used > BUFFER_SIZE - Math.min(left, MIN_READ)) flush()
      const count = readSync(file, buffer, used, Math.min(left, BUFFER_SIZE - used), null)
      if (count === 0) break
      used += count
      left -= count
    }
    zeros(left + tarPadding(size))
  }
  const end = () => {
    put(tarEnd)
    flush()
  }
  return { header: put, content, end }
}

const MIN_READ = 128 * TAR_BLOCK
