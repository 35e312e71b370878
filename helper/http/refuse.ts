import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { closeGently, releaseFromParser } from './connection.ts'
import type { ErrorAnswer } from './status.ts'

/**
 * Answers with an error on a connection whose further bytes make no sense as HTTP, and closes it.
 * Written past node:http, which would read on, or drop the answer when the client is still sending.
 */
export function refuse(socket: Duplex, headers: Readonly<Record<string, string>>, { status, body }: ErrorAnswer): void {
  releaseFromParser(socket)
  socket.on('error', () => socket.destroy())
  const payload = `${JSON.stringify(body)}\n`
  const fields = { ...headers, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload), Connection: 'close' }
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${head.join('')}\r\n${payload}`)
  closeGently(socket, socket)
}
