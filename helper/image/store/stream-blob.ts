import { createHash } from 'node:crypto'
import { close, read } from 'node:fs'
import { Readable } from 'node:stream'
import { type Digest, digestHex } from '../digest.ts'
import { corrupt } from './blob-errors.ts'

/** Bytes read at once: below 64 KiB the calls cost more than the copying, above 1 MiB nothing is won. */
const PIECE = 1 << 20

/**
 * The blob behind the descriptor, which is closed in the end. Whoever passes it on learns only at the end that it was not the blob:
 * the stream then fails with `blob-corrupt` instead of ending.
 */
export function streamBlob(digest: Digest, descriptor: number): Readable {
  const hash = createHash('sha256')
  return new Readable({
    highWaterMark: PIECE,
    read() {
      // New for every piece: the reader owns it from then on.
      const piece = Buffer.allocUnsafeSlow(PIECE)
      read(descriptor, piece, 0, PIECE, null, (error, count) => {
        if (error !== null) this.destroy(error)
        else if (count > 0) {
          const bytes = piece.subarray(0, count)
          hash.update(bytes)
          this.push(bytes)
        } else if (hash.digest('hex') === digestHex(digest)) this.push(null)
        else this.destroy(corrupt(digest))
      })
    },
    destroy(error, done) {
      close(descriptor, (failure) => done(error ?? failure))
    },
  })
}
