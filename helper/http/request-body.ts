import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { cutShort, readAll, readExactly } from './body.ts'
import { LINGER, LONGEST_LINGER, lingerAtEnd } from './connection.ts'
import type { Exchange } from './dispatch.ts'

/** A request's body, read at most once and only when a handler asks for it. */
export interface RequestBody {
  /** Errors: those of `readAll`. */
  whole(): Promise<Buffer>
  stream(): Readable
  /** Tells a client that has asked first (`Expect: 100-continue`) to send its body. */
  invite(): void
  /** Before the end of an answer: takes what is left of a stream, since the client may read its answer only when it has sent all. */
  finish(): Promise<void>
  /** Whoever still reads the stream gets no more of it. */
  close(): void
}

/** The body of an exchange's request. */
export function requestBody(exchange: Exchange): RequestBody {
  const { request, response, socket, upgraded } = exchange
  let whole: Promise<Buffer> | undefined
  let stream: Readable | undefined
  let invited = false
  const asksFirst = request.httpVersionMinor > 0 && /100-continue/i.test(request.headers.expect ?? '')
  const invite = () => {
    if (asksFirst && !invited) response.writeContinue()
    invited = true
  }
  const readWhole = () => {
    invite()
    // node:http leaves the body of a request for an upgrade on the socket. The server takes no upgrade with a chunked body.
    return upgraded ? readExactly(socket, Number(request.headers['content-length'] ?? 0)) : readAll(request)
  }
  return {
    whole: () => {
      whole ??= readWhole()
      return whole
    },
    stream: () => {
      stream ??= bodyStream(request, invite)
      return stream
    },
    invite,
    finish: async () => {
      if (stream === undefined) return
      stream.destroy()
      lingerAtEnd(socket)
      // Nobody has read it, so nothing of it comes.
      if (asksFirst && !invited) return
      await discardRest(request)
      if (request.complete || request.destroyed) return
      response.shouldKeepAlive = false
      response.once('finish', () => socket.destroySoon())
    },
    close: () => void stream?.destroy(),
  }
}

// A stream of its own, as destroying the request would take the connection, and with it the answer.
function bodyStream(request: IncomingMessage, invite: () => void): Readable {
  const stream = new Readable({
    read: () => {
      invite()
      request.resume()
    },
    destroy: (error, callback) => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
      // It may fail yet, when nobody needs it any more.
      request.on('error', () => {})
      request.pause()
      callback(error)
    },
  })
  const onData = (piece: Buffer) => void (stream.push(piece) || request.pause())
  const onEnd = () => void stream.push(null)
  const onGone = (cause?: unknown) => {
    if (!request.complete) stream.destroy(cutShort(cause))
  }
  // Whoever was given it may not have begun to read when the client goes; for them, the error stays with the stream.
  stream.on('error', () => {})
  request.pause()
  request.on('data', onData).once('end', onEnd).once('error', onGone).once('close', onGone)
  if (request.destroyed) onGone()
  return stream
}

/** Reads a request's body for nothing, until its end or until the client is too slow or sends too much. */
async function discardRest(request: IncomingMessage): Promise<void> {
  request.resume()
  if (request.complete || request.destroyed) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const idle = setTimeout(resolve, LINGER)
  const longest = setTimeout(resolve, LONGEST_LINGER)
  const onData = () => void idle.refresh()
  const onOver = () => resolve()
  request.on('data', onData).once('end', onOver).once('close', onOver)
  await promise
  clearTimeout(idle)
  clearTimeout(longest)
  request.off('data', onData).off('end', onOver).off('close', onOver)
}
