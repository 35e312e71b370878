import { createConnection, createServer, type Server, type Socket } from 'node:net'
import type { ListenOptions } from './listen.ts'

/** Milliseconds: a container that does not answer a connection is not there. */
const CONNECT_DEADLINE = 10_000

/** Listens, and passes each connection on, half-closed as its ends are. The server is closed with all its connections. */
export function proxyTcp({ address, port, target }: ListenOptions): Promise<{ address(): ReturnType<Server['address']>; close(): void }> {
  const connections = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const container = createConnection({ host: target.address, port: target.port, allowHalfOpen: true, noDelay: true })
    const deadline = setTimeout(() => container.destroy(), CONNECT_DEADLINE)
    container.once('connect', () => clearTimeout(deadline))
    const end = () => {
      clearTimeout(deadline)
      client.destroy()
      container.destroy()
    }
    for (const socket of [client, container]) {
      connections.add(socket)
      // Who is at the other end sees that it broke off, which is all there is to tell.
      socket.on('error', end)
      socket.on('close', () => connections.delete(socket))
    }
    container.on('close', () => client.destroy())
    client.on('close', () => container.destroy())
    client.pipe(container)
    container.pipe(client)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: address, port, ipv6Only: true, exclusive: true, backlog: 511 }, () => {
      server.removeListener('error', reject)
      // A failure to accept, such as for want of descriptors, is that connection's alone.
      server.on('error', () => undefined)
      const close = () => {
        server.close()
        for (const socket of connections) socket.destroy()
      }
      resolve({ address: () => server.address(), close })
    })
  })
}
