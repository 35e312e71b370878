/** The way to a host's SSH port: directly, through other hosts, or through a program that the user's configuration names. */
import { spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { HostSettings } from '../config/host-settings.ts'
import { connectionError, sshError } from '../ssh-error.ts'

/** A connection to the port itself. Errors: `ssh-refused`, `ssh-unknown-host`, `ssh-unreachable`, `ssh-timed-out`. */
export function reachDirectly({ host, port, connectTimeout }: HostSettings): Promise<Socket> {
  const where = `${host} port ${port}`
  return new Promise((resolve, reject) => {
    // Nagle's algorithm and delayed acknowledgements together make 176 ms of each new channel.
    const socket = connect({ host, port, noDelay: true })
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), connectTimeout * 1000)
    socket.once('error', (error) => {
      clearTimeout(timer)
      reject(connectionError(where, firstOf(error)))
    })
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      resolve(socket)
    })
  })
}

/** When several addresses of one name were tried, the error is of all of them. */
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError ? (error.errors[0] ?? error) : error
}

/**
 * What a `ProxyCommand` connects to. It comes from the user's own configuration, as the shell would have it there; the names in it have
 * been checked. Errors: `ssh-proxy-failed`, as the stream's.
 */
export function reachByCommand({ alias }: HostSettings, command: string): Duplex {
  const words = process.platform === 'win32' ? ['cmd.exe', '/d', '/s', '/c', command] : ['/bin/sh', '-c', `exec ${command}`]
  const [program = '', ...args] = words
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-500)
  })
  const failed = (why: string, cause?: unknown) =>
    sshError('ssh-proxy-failed', `connect to ${alias}: its ProxyCommand ${why}${said.trim() === '' ? '' : `: ${said.trim()}`}`, { cause })
  // A program that ends says why at its end: before that, nothing is taken for the end of the connection.
  const stream = new Duplex({
    read: () => void child.stdout.resume(),
    write: (piece: Buffer, _encoding, callback) => void child.stdin.write(piece, () => callback()),
    final: (callback) => {
      child.stdin.end()
      callback()
    },
  })
  child.stdin.on('error', () => undefined)
  child.stdout.on('data', (piece: Buffer) => {
    if (!stream.push(piece)) child.stdout.pause()
  })
  child.once('error', (error) => stream.destroy(failed('cannot be run', error)))
  child.once('close', (code, signal) => {
    if (code === 0) stream.push(null)
    else stream.destroy(failed(`ended with ${signal ?? code}`))
  })
  stream.once('close', () => child.kill())
  return stream
}
