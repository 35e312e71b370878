import { createSocket, type Socket } from 'node:dgram'
import type { AddressInfo } from 'node:net'
import { isIPv6 } from 'node:net'
import type { ListenOptions } from './listen.ts'

/** Milliseconds without a datagram after which a client is forgotten; Docker's proxy takes as long. */
const IDLE = 90_000
/** Clients at once: each takes a socket. */
const MAX_CLIENTS = 1024

interface Way {
  readonly socket: Socket
  timer: NodeJS.Timeout
}

/** Listens, and passes datagrams on, each client's from a socket of its own so that answers find back. */
export function proxyUdp({ address, port, target }: ListenOptions): Promise<{ address(): AddressInfo; close(): void }> {
  const type = isIPv6(address) ? 'udp6' : 'udp4'
  const listener = createSocket({ type, ipv6Only: type === 'udp6' })
  const ways = new Map<string, Way>()
  const forget = (client: string) => {
    const way = ways.get(client)
    ways.delete(client)
    clearTimeout(way?.timer)
    way?.socket.close()
  }
  const wayOf = (client: string, from: { address: string; port: number }): Way | undefined => {
    const known = ways.get(client)
    if (known !== undefined) return known
    if (ways.size >= MAX_CLIENTS) return undefined
    const socket = createSocket(isIPv6(target.address) ? 'udp6' : 'udp4')
    const way = { socket, timer: setTimeout(() => forget(client), IDLE) }
    ways.set(client, way)
    socket.on('message', (data) => {
      way.timer.refresh()
      listener.send(data, from.port, from.address)
    })
    socket.on('error', () => forget(client)) // refused by the container: the next datagram tries again
    return way
  }
  listener.on('message', (data, from) => {
    const way = wayOf(`${from.address} ${from.port}`, from)
    way?.timer.refresh()
    way?.socket.send(data, target.port, target.address)
  })
  return new Promise((resolve, reject) => {
    listener.once('error', reject)
    listener.bind({ address, port, exclusive: true }, () => {
      listener.removeListener('error', reject)
      // Datagrams may get lost; that is told to nobody.
      listener.on('error', () => undefined)
      const close = () => {
        for (const client of [...ways.keys()]) forget(client)
        listener.close()
      }
      resolve({ address: () => listener.address(), close })
    })
  })
}
