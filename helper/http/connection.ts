import type { Socket } from 'node:net'
import type { Duplex, Readable, Writable } from 'node:stream'

/** For how long a client that sends what nobody needs is read on (milliseconds): since its last bytes, and altogether. */
export const LINGER = 2_000
export const LONGEST_LINGER = 60_000

/**
 * Takes a connection from node:http, which by itself gives it up only for an upgrade. Its listeners go one by one, but that of `close`,
 * which frees the parser; a `data` listener added afterwards makes node:http hand the bytes back from its native parser.
 */
export function releaseFromParser(socket: Duplex): void {
  for (const event of ['data', 'end', 'drain', 'error', 'timeout']) socket.removeAllListeners(event)
}

/**
 * Makes node:http, when it closes this connection after an answer, do so gently. By itself it closes both ways at once, and a client
 * that is just sending the end of its body fails with EPIPE before it has read the answer (Go's server waits for 500 ms here).
 */
export function lingerAtEnd(socket: Socket): void {
  socket.destroySoon = () => {
    releaseFromParser(socket)
    socket.on('error', () => socket.destroy())
    closeGently(socket, socket)
  }
}

/**
 * Ends the output and, once the client has read it and ended its side, the connection.
 * Closing at once while input is unread would turn the end of the output into ECONNRESET for the client, so what comes is thrown away
 * for a while. `input` and `output` are the socket or what node:http has made of it.
 */
export function closeGently(socket: Duplex, output: Writable, input: Readable = socket): void {
  if (socket.destroyed) return
  output.end()
  input.removeAllListeners('data')
  const idle = setTimeout(() => socket.destroy(), LINGER).unref()
  const longest = setTimeout(() => socket.destroy(), LONGEST_LINGER).unref()
  // A listener, since a socket that node:http has had needs one to give its bytes to us.
  input.on('data', () => void idle.refresh())
  input.resume()
  socket.once('close', () => {
    clearTimeout(idle)
    clearTimeout(longest)
  })
  const finish = () => (output.writableFinished ? socket.destroy() : output.once('finish', () => socket.destroy()))
  if (socket.readableEnded) finish()
  else socket.once('end', finish)
}
