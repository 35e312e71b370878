/** Asking the servers outside, from this host: so a server that listens on its loopback alone answers, too (systemd-resolved). */
import { createSocket } from 'node:dgram'
import { createConnection, isIPv6 } from 'node:net'

/** Milliseconds for one server before the next is asked: resolvers in containers give up after five seconds. */
const PATIENCE = 2000
const TRUNCATED = 2

/**
 * The first answer of one of the servers, asked one after the other, by UDP or by TCP as the query came. Rejects when none answers.
 * An answer is taken only from the server's own address and port, with the query's number.
 */
export function forwardBy(protocol: 'tcp' | 'udp'): (query: Uint8Array, servers: readonly string[]) => Promise<Uint8Array> {
  return async (query, servers) => {
    let last: unknown = new Error('there is no server')
    for (const server of servers) {
      try {
        const answer = await (protocol === 'udp' ? askByUdp(query, server) : askByTcp(query, server))
        if (!isFailure(answer) || server === servers.at(-1)) return answer
      } catch (error) {
        // The next one may answer.
        last = error
      }
    }
    throw last
  }
}

/** An answer that is cut short is the asker's to ask again for, by TCP. */
function askByUdp(query: Uint8Array, server: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(server) ? 'udp6' : 'udp4')
    let isOver = false
    const finish = (settle: () => void) => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      socket.close()
      settle()
    }
    const fail = (error: Error) => finish(() => reject(error))
    const timer = setTimeout(() => fail(new Error(`${server} does not answer`)), PATIENCE)
    // More than one may come, and one that nobody listens for would end the helper.
    socket.on('error', fail)
    socket.on('message', (answer) => {
      if (answer.length >= 12 && answer[0] === query[0] && answer[1] === query[1]) finish(() => resolve(answer))
    })
    // Connected: the kernel drops what comes from anybody else.
    socket.on('connect', () => {
      if (!isOver) socket.send(query)
    })
    socket.connect(53, server)
  })
}

/** A TCP message has its length before it. */
function askByTcp(query: Uint8Array, server: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: server, port: 53, timeout: PATIENCE })
    const chunks: Buffer[] = []
    socket.once('connect', () => socket.write(withLength(query)))
    socket.on('timeout', () => socket.destroy(new Error(`${server} does not answer`)))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`${server} has broken off`)))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      const all = Buffer.concat(chunks)
      if (all.length < 2 || all.length < 2 + all.readUInt16BE(0)) return
      resolve(all.subarray(2, 2 + all.readUInt16BE(0)))
      socket.destroy()
    })
  })
}

/** The message as TCP carries it. */
export function withLength(message: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(message.length >> 8, message.length & 255), message])
}

/** SERVFAIL and REFUSED: this server will not, another one may. */
function isFailure(answer: Uint8Array): boolean {
  const code = (answer[3] ?? 0) & 15
  return (code === 2 || code === 5) && ((answer[2] ?? 0) & TRUNCATED) === 0
}
