/** Reads of kernel files that are kept open: ten times as fast as opening them each time. */
import { readSync } from 'node:fs'

let buffer = Buffer.allocUnsafeSlow(16 * 1024)

/** The content of an open kernel file from its start. Such a file gives all of it to one read when the buffer has room. */
export function readWhole(descriptor: number): string {
  for (;;) {
    const length = readSync(descriptor, buffer, 0, buffer.length, 0)
    if (length < buffer.length) return buffer.toString('latin1', 0, length)
    buffer = Buffer.allocUnsafeSlow(2 * buffer.length)
  }
}
