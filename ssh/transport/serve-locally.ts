/** A port or a socket of this machine that leads to one of the other's. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream'

export interface Local {
  /** The port; undefined for a socket. */
  readonly port: number | undefined
  close(): void
}

/**
 * Listens on the loopback interface alone: at `port` where that is free, otherwise at another. Errors: none of single connections, which
 * are closed.
 */
export async function servePort(open: () => Promise<Duplex>, port: number): Promise<Local> {
  try {
    return await serve(open, { host: '127.0.0.1', port })
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')
    if (!isTaken || port === 0) throw error
    return await serve(open, { host: '127.0.0.1', port: 0 })
  }
}

/** Listens on a socket, in a folder that is the user's alone. Errors: those of listen(2). */
export async function serveSocket(open: () => Promise<Duplex>, path: string): Promise<Local> {
  return await serve(open, { path })
}

async function serve(open: () => Promise<Duplex>, place: { host: string; port: number } | { path: string }): Promise<Local> {
  const sockets = new Set<Duplex>()
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    open().then(
      (stream) => {
        // Both ways end by themselves: what is broken on one side is closed on the other.
        const end = (error: unknown) => {
          if (error != null) for (const each of [socket, stream]) each.destroy()
        }
        pipeline(socket, stream, end)
        pipeline(stream, socket, end)
      },
      () => socket.destroy(),
    )
  })
  server.listen(place)
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' ? address?.port : undefined,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
