import type { Duplex } from 'node:stream'

/** A request's body on its way, in chunks. */
export interface Upload {
  /** Whether all of it has been handed to the connection. */
  readonly ended: boolean
  /** The promise's result, or the source's error if that comes first. */
  orFailure<T>(promise: Promise<T>): Promise<T>
  /** Errors: those of the source, if it has failed by now. */
  check(): Promise<void>
}

/**
 * Sends what the source yields as the chunks of an HTTP body, at the pace of the connection. When the source fails the connection is
 * closed: the engine must not take the part for the whole. That the connection fails is for its reader to tell.
 */
export function startUpload(socket: Duplex, source: AsyncIterable<Uint8Array>): Upload {
  const state = { ended: false }
  let failure: { readonly error: unknown } | undefined
  const failed = Promise.withResolvers<never>()
  // Looked at only while somebody waits for the response.
  failed.promise.catch(() => undefined)
  const send = async (): Promise<void> => {
    for await (const piece of source) {
      if (socket.destroyed) return
      if (piece.length > 0) await sendChunk(socket, piece)
    }
    if (socket.destroyed) return
    socket.write('0\r\n\r\n')
    state.ended = true
  }
  send().catch((error: unknown) => {
    failure = { error }
    failed.reject(error)
    socket.destroy()
  })
  return {
    get ended() {
      return state.ended
    },
    orFailure: (promise) => Promise.race([promise, failed.promise]),
    check: async () => {
      if (failure !== undefined) throw failure.error
    },
  }
}

/** Resolves when the connection takes more, or never will. */
function sendChunk(socket: Duplex, piece: Uint8Array): Promise<void> | undefined {
  socket.cork()
  socket.write(`${piece.length.toString(16)}\r\n`)
  socket.write(piece)
  const more = socket.write('\r\n')
  socket.uncork()
  if (more || socket.destroyed) return undefined
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
  })
}
