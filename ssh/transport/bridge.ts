/**
 * Connections over one program there, for servers that refuse to forward. All share a single channel, of which a server allows no more than ten:
 * HTTP/2 keeps them apart and holds each back on its own.
 */
import { type ClientHttp2Session, connect } from 'node:http2'
import type { Duplex } from 'node:stream'
import { PockerError } from '../../helper/api/errors.ts'
import type { SshConnection } from '../connection/ssh-connection.ts'
import { startScript } from '../delivery/run-script.ts'
import { sshError } from '../ssh-error.ts'
import { likeSocket } from './like-socket.ts'

const SCRIPT = `
say begin
exec "$program/pocker" bridge "$socket"
`

/** What may be on its way in one connection, and in all. */
const WINDOW = 2 << 20
const SESSION_WINDOW = 8 << 20
/** Stands for the engine's socket, in place of a host. */
const ENGINE = 'engine:1'
const PATIENCE = 20_000

export interface Bridge {
  openSocket(): Promise<Duplex>
  openPort(host: string, port: number): Promise<Duplex>
  close(): void
}

/** Starts the program's bridge there. Errors: `ssh-forbidden` when it does not begin. */
export async function openBridge(connection: SshConnection, program: string, socket: string): Promise<Bridge> {
  const { exec, nonce } = await startScript(connection, { text: SCRIPT, words: { program, socket } })
  exec.stderr.resume()
  await untilBegun(exec.stream, nonce)
  const session = connect('http://pocker', {
    createConnection: () => exec.stream,
    settings: { initialWindowSize: WINDOW, enablePush: false },
  })
  session.once('connect', () => session.setLocalWindowSize(SESSION_WINDOW))
  // Each of its streams tells its own error.
  session.on('error', () => undefined)
  return {
    openSocket: () => open(session, ENGINE),
    openPort: (host, port) => open(session, `${host.includes(':') ? `[${host}]` : host}:${port}`),
    close: () => session.destroy(),
  }
}

/** Reads up to the line that says that from here on it is the program's: a shell may greet before. */
async function untilBegun(stream: Duplex, nonce: string): Promise<void> {
  const mark = Buffer.from(`\n${nonce} begin\n`)
  const timer = setTimeout(() => stream.destroy(sshError('ssh-timed-out', 'start the bridge there: no answer')), PATIENCE)
  try {
    let read = Buffer.alloc(0)
    while (read.indexOf(mark) < 0) {
      const piece: unknown = stream.read() ?? (await readable(stream))
      if (!Buffer.isBuffer(piece)) continue
      read = Buffer.concat([read, piece])
      if (read.length > 1 << 20) throw sshError('ssh-forbidden', 'start the bridge there: it does not begin')
    }
    const rest = read.subarray(read.indexOf(mark) + mark.length)
    if (rest.length > 0) stream.unshift(rest)
  } finally {
    clearTimeout(timer)
  }
}

function readable(stream: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      for (const [name, listener] of [
        ['readable', more],
        ['end', ended],
        ['close', ended],
        ['error', fail],
      ] as const)
        stream.off(name, listener)
    }
    const more = () => {
      done()
      resolve()
    }
    const fail = (error: Error) => {
      done()
      reject(error)
    }
    const ended = () => fail(sshError('ssh-forbidden', 'start the bridge there: it ended at once'))
    stream.once('readable', more).once('end', ended).once('close', ended).once('error', fail)
  })
}

function open(session: ClientHttp2Session, authority: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    if (session.closed || session.destroyed) return reject(sshError('ssh-lost', 'connect over the bridge: it has ended'))
    const stream = session.request({ ':method': 'CONNECT', ':authority': authority }, { endStream: false })
    stream.once('error', (error) => reject(sshError('ssh-lost', `connect over the bridge: ${error.message}`, { cause: error })))
    stream.once('response', ({ ':status': status }) => {
      if (status === 200) return resolve(likeSocket(stream))
      stream.destroy()
      reject(new PockerError('Unavailable', 'connect over the bridge: nothing listens there', { code: 'engine-not-there' }))
    })
  })
}
