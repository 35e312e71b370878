import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface Saving {
  readonly path: string
  readonly signal: AbortSignal
  /** Told of the bytes written so far. */
  readonly onBytes: (bytes: number) => void
}

/**
 * Writes a stream to a file that is whole or not there: until the end it has another name beside it. Errors: those of the stream and the
 * file system, AbortError; what was there under the path is as it was then.
 */
export async function saveStream(stream: Readable, { path, signal, onBytes }: Saving): Promise<void> {
  const unfinished = `${path}.unfinished-${process.pid}-${Date.now()}`
  try {
    await pipeline(stream, counting(onBytes), createWriteStream(unfinished, { flags: 'wx' }), { signal })
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

/** Passes all on and counts it. */
export function counting(onBytes: (bytes: number) => void): Transform {
  let bytes = 0
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length
      onBytes(bytes)
      done(null, piece)
    },
  })
}
