/**
 * The name server of one container, at 127.0.0.11 in its own network namespace: nothing of the host's filters packets in between, no
 * program of the host's has the port, the container that asks is known by the socket, and what names that address (nginx's resolver)
 * goes on working. A name server that the container itself runs may have port 53: ours has others, and rules lead there.
 */
import { createSocket, type Socket } from 'node:dgram'
import { type Socket as Connection, createServer, type Server } from 'node:net'
import { call } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import { SyscallError } from '../../linux/errno.ts'
import { inNamespace } from '../../linux/netlink/in-namespace.ts'
import { NetlinkSocket } from '../../linux/netlink/netlink-socket.ts'
import { batch } from '../../linux/netlink/nftables.ts'
import { answerQuery } from './answer.ts'
import { forwardBy, withLength } from './forward.ts'
import type { NameSource } from './names.ts'
import { type RedirectPorts, redirectMessages } from './redirect.ts'

/** Docker's. */
export const NAME_SERVER = '127.0.0.11'
const ADDRESS = Uint8Array.of(127, 0, 0, 11)
const DNS_PORT = 53
/** Questions at once: a container that asks without end is not to fill the helper's memory. */
const MAX_WAITING = 256
/** Milliseconds. */
const IDLE = 30_000

export interface NameServerOptions {
  /** A network namespace, or a process in it. */
  readonly namespace: number
  readonly names: NameSource
  /** Whether this kernel can lead port 53 elsewhere. */
  readonly redirects: boolean
}

/** Listens when this returns. It keeps the namespace until it is closed. Errors: SyscallError. */
export function startNameServer({ namespace, names, redirects }: NameServerOptions): { close(): void } {
  const sockets = inNamespace(namespace, () => openSockets(redirects))
  const udp = serveUdp(sockets.udp, names)
  const tcp = serveTcp(sockets.tcp, names)
  return {
    close: () => {
      udp.close()
      tcp.close()
    },
  }
}

function openSockets(redirects: boolean): { udp: number; tcp: number } {
  const port = redirects ? 0 : DNS_PORT
  const udp = openSocket(linux.SOCK_DGRAM, port)
  const tcp = openSocket(linux.SOCK_STREAM, port)
  call('listen', [tcp, 128], 'name server')
  if (redirects) {
    redirect({ udp: portOf(udp), tcp: portOf(tcp) })
  }
  return { udp, tcp }
}

function redirect(ports: RedirectPorts): void {
  using socket = new NetlinkSocket('netfilter')
  try {
    socket.request(batch(redirectMessages(ports, { replace: false })))
  } catch (error) {
    if (!(error instanceof SyscallError) || error.code !== 'EEXIST') throw error
    socket.request(batch(redirectMessages(ports, { replace: true })))
  }
}

function openSocket(type: number, port: number): number {
  const fd = call('socket', [linux.AF_INET, type | linux.SOCK_CLOEXEC | linux.SOCK_NONBLOCK, 0], 'name server')
  const address = Buffer.alloc(16)
  address.writeUInt16LE(linux.AF_INET, 0)
  address.writeUInt16BE(port, 2)
  address.set(ADDRESS, 4)
  call('bind', [fd, address, 16], `name server at port ${port}`)
  return fd
}

function portOf(fd: number): number {
  const address = Buffer.alloc(16)
  call('getsockname', [fd, address, Uint8Array.of(16, 0, 0, 0)], 'name server')
  return address.readUInt16BE(2)
}

function serveUdp(fd: number, names: NameSource): Socket {
  const socket = createSocket('udp4')
  const forward = forwardBy('udp')
  let waiting = 0
  socket.on('message', (query, from) => {
    if (waiting >= MAX_WAITING) return
    waiting++
    answerQuery(query, names, forward)
      .then((answer) => {
        if (answer !== undefined) socket.send(answer, from.port, from.address)
      })
      // The server has been closed meanwhile.
      .catch(() => undefined)
      .finally(() => waiting--)
  })
  // What could not be sent is asked again.
  socket.on('error', () => undefined)
  socket.bind({ fd })
  return socket
}

function serveTcp(fd: number, names: NameSource): { close(): void } {
  const connections = new Set<Connection>()
  const forward = forwardBy('tcp')
  const server: Server = createServer((connection) => {
    connections.add(connection)
    connection.on('close', () => connections.delete(connection))
    connection.on('error', () => connection.destroy())
    connection.setTimeout(IDLE, () => connection.destroy())
    readMessages(connection, async (query) => {
      const answer = await answerQuery(query, names, forward)
      if (answer !== undefined && !connection.destroyed) connection.write(withLength(answer))
    })
  })
  server.maxConnections = MAX_WAITING
  server.on('error', () => undefined)
  server.listen({ fd })
  return {
    close: () => {
      server.close()
      for (const connection of connections) connection.destroy()
    },
  }
}

/** One after the other: who asks ten things at once gets the answers in turn. */
function readMessages(connection: Connection, handle: (message: Buffer) => Promise<void>): void {
  let rest: Buffer = Buffer.alloc(0)
  connection.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk])
    if (rest.length < 2 || rest.length < 2 + rest.readUInt16BE(0)) return
    const length = rest.readUInt16BE(0)
    const message = rest.subarray(2, 2 + length)
    const after = rest.subarray(2 + length)
    rest = Buffer.alloc(0)
    connection.pause()
    handle(message)
      .catch(() => connection.destroy())
      .finally(() => {
        if (after.length > 0) connection.unshift(after)
        connection.resume()
      })
  })
}
