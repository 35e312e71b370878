/** The archive's bytes as they come in. Read by blocking calls: nothing else waits for the main thread of this process. */
import { readSync } from 'node:fs'

export interface ByteSource {
  /** Fills the start of `target`, as far as there is something; 0 at the end. Errors: those of read(2). */
  read(target: Buffer): number
}

/** A file from its first byte, whatever its offset is: the descriptor is shared with others. */
export function fileSource(descriptor: number): ByteSource {
  let position = 0
  return {
    read(target) {
      const count = readSync(descriptor, target, 0, target.length, position)
      position += count
      return count
    },
  }
}

/** A pipe. Small pieces are gathered, since each is a trip to another thread when it is compressed. */
export function pipeSource(descriptor: number): ByteSource {
  return {
    read(target) {
      let length = 0
      while (length < target.length) {
        const count = readSync(descriptor, target, length, target.length - length, null)
        if (count === 0) break
        length += count
      }
      return length
    },
  }
}
