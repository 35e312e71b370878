import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import type { Attachment } from './backend.ts'
import { closeGently } from './connection.ts'
import { createDetachScanner } from './detach-keys.ts'
import { piecesOf } from './pieces.ts'
import { pump } from './pump.ts'
import { frame } from './stdcopy.ts'

/** A client's connection after it was hijacked. Input and output may be the socket itself. */
export interface Connection {
  readonly input: Readable
  readonly output: Writable
  readonly socket: Socket
}

const NOTHING = new Uint8Array(0)
// A client that has ended its side and then leaves gives no sign of it, so it is looked after at this distance (milliseconds).
const PROBE_INTERVAL = 10_000

/**
 * Joins a client and a process until the output ends or the client goes, then closes the connection and the attachment.
 * Neither side is read faster than the other takes it. The client's half close becomes the end of the process's input.
 * `detachKeys`, for terminals only, is the sequence that takes the client off. Errors: those of the attachment,
 * an input's only after the output has ended.
 */
export async function bridge(attachment: Attachment, connection: Connection, detachKeys?: Uint8Array): Promise<void> {
  const { output, socket } = connection
  let closed = false
  const leave = () => {
    if (!closed) attachment.close()
    closed = true
  }
  // Without a listener an EPIPE of the client would be thrown; what follows it is `close`, and that is listened to.
  socket.on('error', () => {})
  socket.once('close', leave)
  if (socket.destroyed) leave()
  const input = forwardInput(attachment, connection, detachKeys)
  try {
    await Promise.race([pump(outputPieces(attachment), output), input.detached])
  } finally {
    leave()
    closeGently(socket, output, connection.input)
  }
  const failure = input.failure()
  if (failure !== undefined) throw failure
}

function outputPieces({ output, tty }: Attachment): AsyncIterable<Uint8Array> {
  return piecesOf(output, tty ? ({ data }) => [data] : ({ stream, data }) => frame(stream, data))
}

interface Input {
  /** Resolves when the client asks to be detached, and never otherwise. */
  readonly detached: Promise<void>
  /** What stopped the input; the output goes on without it. */
  failure(): unknown
}

function forwardInput(attachment: Attachment, { input, socket }: Connection, detachKeys: Uint8Array | undefined): Input {
  const { promise: detached, resolve } = Promise.withResolvers<void>()
  const scan = attachment.tty && detachKeys !== undefined ? createDetachScanner(detachKeys) : undefined
  let failure: unknown
  let written = Promise.resolve()
  const write = async (data: Uint8Array) => {
    input.pause()
    try {
      if (failure === undefined) await attachment.write(data)
    } catch (error) {
      failure = error
    }
    input.resume()
  }
  input.on('data', (piece: Uint8Array) => {
    const found = scan?.(piece) ?? { data: piece, detached: false }
    if (found.data.length > 0) written = write(found.data)
    if (found.detached) resolve()
  })
  input.once('end', () => {
    void written.then(() => attachment.endInput())
    if (input === socket) watchHalfClosed(socket)
  })
  return { detached, failure: () => failure }
}

// On a Unix socket a half close and a full close both read as the end of the stream. They differ in writing: after a full close even
// zero bytes are EPIPE, which destroys the socket and so emits `close`.
function watchHalfClosed(socket: Socket): void {
  const probe = () => void (socket.writable && socket.write(NOTHING))
  probe()
  const timer = setInterval(probe, PROBE_INTERVAL).unref()
  socket.once('close', () => clearInterval(timer))
}
