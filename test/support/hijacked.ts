/** A connection that has become a process's terminal, as plain as can be: bytes on a socket. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const DEADLINE = 30_000

export interface Hijacked {
  readonly socket: Socket
  readonly status: number
  /** What has come so far, after the head of the answer. */
  text(): string
  /** Resolves when what has come matches. Errors: when it ends before, or has not within 30 seconds. */
  until(pattern: RegExp): Promise<void>
  /** Resolves when the helper has ended its side. */
  readonly ended: Promise<void>
}

/** Sends `POST path` with an upgrade and waits for the head of the answer. */
export async function hijack(socketPath: string, path: string, body: object = {}): Promise<Hijacked> {
  const socket = connect(socketPath)
  socket.on('error', () => socket.destroy())
  const json = JSON.stringify(body)
  const head = ['host: x', 'connection: Upgrade', 'upgrade: tcp', 'content-type: application/json', `content-length: ${json.length}`]
  socket.write(`POST ${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${json}`)
  let received = ''
  socket.on('data', (piece) => (received += piece.toString('latin1')))
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const until = async (matches: () => boolean) => {
    const deadline = AbortSignal.timeout(DEADLINE)
    while (!matches()) {
      if (socket.readableEnded || socket.destroyed) throw new Error(`${path} ended: ${JSON.stringify(received.slice(-2000))}`)
      await Promise.race([once(socket, 'data', { signal: deadline }), ended]).catch(() => {
        throw new Error(`${path} has not said so: ${JSON.stringify(received.slice(-2000))}`)
      })
    }
  }
  await until(() => received.includes('\r\n\r\n'))
  const text = () => received.slice(received.indexOf('\r\n\r\n') + 4)
  return {
    socket,
    status: Number(received.split(' ')[1]),
    text,
    until: (pattern) => until(() => pattern.test(text())),
    ended,
  }
}
