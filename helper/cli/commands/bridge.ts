import { performServerHandshake, type ServerHttp2Stream } from 'node:http2'
import { connect } from 'node:net'
import { Duplex, pipeline } from 'node:stream'
import type { Command } from '../command.ts'

const WINDOW = 2 << 20
const SESSION_WINDOW = 8 << 20

/**
 * `pocker bridge SOCKET`: connections to the socket, or to ports that this machine reaches, over standard input and output. It is
 * for SSH servers that refuse to forward; it runs as the user and can do what the user can.
 */
export const bridge: Command = {
  usage: 'SOCKET',
  flags: [],
  words: { least: 1, most: 1 },
  local: true,
  run: async ({ words, io }) => {
    const [path = ''] = words
    const stdio = Duplex.from({ readable: io.stdin, writable: io.stdout })
    const session = performServerHandshake(stdio, { settings: { initialWindowSize: WINDOW } })
    session.setLocalWindowSize(SESSION_WINDOW)
    session.on('stream', (stream, { ':authority': authority = '' }) => join(stream, path, authority))
    const { promise, resolve } = Promise.withResolvers<void>()
    session.on('error', () => resolve())
    session.once('close', resolve)
    await promise
    return 0
  },
}

function join(stream: ServerHttp2Stream, path: string, authority: string): void {
  const [, host, port] = /^\[?([\w.:-]+?)\]?:(\d{1,5})$/.exec(authority) ?? []
  const place = host === undefined || host === 'engine' ? { path } : { host, port: Number(port) }
  const socket = connect({ ...place, allowHalfOpen: true })
  const refuse = () => {
    if (!stream.destroyed) stream.respond({ ':status': 502 }, { endStream: true })
  }
  socket.once('error', refuse)
  socket.once('connect', () => {
    socket.off('error', refuse)
    const end = (error: unknown) => {
      if (error != null) for (const each of [socket, stream]) each.destroy()
    }
    stream.respond({ ':status': 200 })
    pipeline(stream, socket, end)
    pipeline(socket, stream, end)
  })
}
