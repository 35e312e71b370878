/** The way to a machine: a port of the loopback interface, that can be held up or cut. */
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'

export interface Link {
  readonly port: number
  /** Bytes that have gone to the machine. */
  readonly sent: number
  /** How many connections have been made. */
  readonly connections: number
  /** Nothing arrives any more, and nobody is told: a cable that has been pulled out. */
  cut(): void
  /** Connections are closed and refused: a server that has gone. */
  refuse(): void
  /** As at first. Connections of before the cut stay lost. */
  restore(): Promise<void>
  close(): void
}

/** Each connection gets a process of its own, as inetd has it. `delay` is what there and back take, in milliseconds. */
export async function makeLink(serve: () => ChildProcessByStdio<Writable, Readable, null>, delay = 0): Promise<Link> {
  const sockets = new Set<Socket>()
  let state: 'open' | 'cut' = 'open'
  let connections = 0
  let sent = 0
  const later = (work: () => unknown) => {
    if (delay === 0) {
      if (state === 'open') work()
    } else setTimeout(() => state === 'open' && work(), delay / 2)
  }
  const join = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    connections++
    if (state === 'cut') {
      socket.pause()
      return
    }
    const child = serve()
    child.stdin.on('error', () => undefined)
    socket.on('data', (piece: Buffer) => {
      sent += piece.length
      later(() => child.stdin.write(piece))
    })
    child.stdout.on('data', (piece) => later(() => socket.write(piece)))
    child.once('close', () => later(() => socket.end()))
    socket.once('close', () => {
      sockets.delete(socket)
      child.stdin.end()
      child.kill()
    })
  }
  let server = createServer({ noDelay: true }, join)
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return typeof address === 'object' ? (address?.port ?? 0) : 0
  }
  const port = await listen(0)
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port,
    get sent() {
      return sent
    },
    get connections() {
      return connections
    },
    cut: () => {
      state = 'cut'
    },
    refuse: () => {
      server.close()
      drop()
    },
    restore: async () => {
      drop()
      state = 'open'
      if (server.listening) return
      server = createServer({ noDelay: true }, join)
      await listen(port)
    },
    close: () => {
      server.close()
      drop()
    },
  }
}
