/** What a port speaks, found out by asking it: numbers say nothing of that. */
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

export type Scheme = 'https' | 'http'

/** Milliseconds: what takes longer to begin to answer is taken for plain. */
const PATIENCE = 1500

interface Place {
  readonly host: string
  readonly port: number
}

/** Says hello by TLS and, where that is not understood, asks for a page. Nothing: something else listens. Errors: those of connect(2). */
export async function probeScheme(place: Place): Promise<Scheme | undefined> {
  if (await speaksTls(place)) return 'https'
  return (await speaksHttp(place)) ? 'http' : undefined
}

function speaksTls({ host, port }: Place): Promise<boolean> {
  return new Promise((resolve) => {
    // Any certificate will do: it is the browser that is to judge it.
    const socket = connectTls({
      host,
      port,
      rejectUnauthorized: false,
      timeout: PATIENCE,
      ...(/[a-z]/i.test(host) ? { servername: host } : {}),
    })
    const end = (speaks: boolean) => {
      socket.destroy()
      resolve(speaks)
    }
    socket.once('secureConnect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', (error) => end(isTlsAlert(error)))
    socket.once('close', () => end(false))
  })
}

// A server that refuses this hello, but by TLS itself, speaks it: it wants a certificate of the client or another version.
function isTlsAlert(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^ERR_SSL_.*ALERT/.test(error.code)
}

function speaksHttp({ host, port }: Place): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: PATIENCE })
    const end = (speaks: boolean) => {
      socket.destroy()
      resolve(speaks)
    }
    socket.once('connect', () => socket.write(`GET / HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: close\r\n\r\n`))
    socket.once('data', (piece: Buffer) => end(piece.subarray(0, 5).toString('latin1') === 'HTTP/'))
    // It listens and thinks: most that do are pages that take long to make.
    socket.once('timeout', () => end(true))
    socket.once('error', (error) => {
      socket.destroy()
      reject(error)
    })
    socket.once('close', () => end(false))
  })
}
