import { once } from 'node:events'
import type { Readable } from 'node:stream'

/** Bytes on demand: the reader's pace is the sender's pace. */
export interface ByteSource {
  /** The next bytes, or undefined at the end. */
  next(): Promise<Uint8Array | undefined>
  /** Hands bytes back, to be the next ones. */
  unread(bytes: Uint8Array): void
}

/** The bytes that arrive at a stream, which nobody else may read. Errors of the stream are thrown by `next`. */
export function sourceOf(stream: Readable): ByteSource {
  const back: Uint8Array[] = []
  return {
    unread: (bytes) => {
      if (bytes.length > 0) back.push(bytes)
    },
    next: async () => {
      const returned = back.pop()
      if (returned !== undefined) return returned
      for (;;) {
        // What came before the connection broke is still to be read: it may say why.
        const chunk: unknown = stream.read()
        if (chunk instanceof Uint8Array) return chunk
        if (stream.errored !== null) throw stream.errored
        if (stream.readableEnded || stream.destroyed) return undefined
        await change(stream)
      }
    },
  }
}

async function change(stream: Readable): Promise<void> {
  const settled = new AbortController()
  const { signal } = settled
  try {
    await Promise.race([once(stream, 'readable', { signal }), once(stream, 'end', { signal }), once(stream, 'close', { signal })])
  } finally {
    settled.abort()
  }
}
