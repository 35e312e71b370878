import type { Duplex, Readable, Writable } from 'node:stream'

// How long a client may take to close its side after ours is closed (milliseconds).
const LINGER = 2_000

/**
 * Takes a connection from node:http, which by itself gives it up only for an upgrade. Its listeners go one by one, but that of `close`,
 * which frees the parser; a `data` listener added afterwards makes node:http hand the bytes back from its native parser.
 */
export function releaseFromParser(socket: Duplex): void {
  for (const event of ['data', 'end', 'drain', 'error', 'timeout']) socket.removeAllListeners(event)
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
  // A listener, since a socket that node:http has had needs one to give its bytes to us.
  input.on('data', () => {})
  input.resume()
  const timer = setTimeout(() => socket.destroy(), LINGER).unref()
  socket.once('close', () => clearTimeout(timer))
  const finish = () => (output.writableFinished ? socket.destroy() : output.once('finish', () => socket.destroy()))
  if (socket.readableEnded) finish()
  else socket.once('end', finish)
}
