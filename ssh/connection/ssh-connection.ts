/** A connection to a host, with all that goes over it. */
import type { Duplex, Readable } from 'node:stream'
import type { Channel, ClientChannel, Client as SshClient } from 'ssh2'
import { PockerError } from '../../helper/api/errors.ts'
import { connectionError, sshError } from '../ssh-error.ts'
import { ChannelStream, guardWindow } from './channel-stream.ts'

export interface Exec {
  readonly stream: Duplex
  readonly stderr: Readable
  /** The exit code; undefined when there was none: a signal, or a server that does not say. */
  readonly exit: Promise<number | undefined>
}

/** OpenSSH's reasons why a channel was not opened. */
const [PROHIBITED, CONNECT_FAILED, UNKNOWN_TYPE, SHORTAGE] = [1, 2, 3, 4]
/** Milliseconds for the answer to a channel's request. */
const PATIENCE = 20_000

export class SshConnection {
  readonly #client: SshClient
  readonly #name: string
  readonly #streams = new Set<ChannelStream>()
  readonly #closed = Promise.withResolvers<PockerError>()
  #error: PockerError | undefined
  #fastest = Number.POSITIVE_INFINITY

  /** `client` is one that is ready. `below` are the connections that it goes over. */
  constructor(client: SshClient, name: string, below: readonly SshConnection[] = []) {
    this.#client = client
    this.#name = name
    client.on('error', (error) => this.#end(error))
    client.once('close', () => {
      this.#end(new Error('connection lost'))
      for (const each of below) each.close()
    })
  }

  /** Resolves with the reason when it is over, by whomever. */
  get closed(): Promise<PockerError> {
    return this.#closed.promise
  }

  /** Milliseconds that the fastest channel took to open so far: a round trip, or two. */
  get fastest(): number {
    return this.#fastest
  }

  get isOpen(): boolean {
    return this.#error === undefined
  }

  /** A program there, by the user's login shell. Errors: `ssh-too-many-channels`, `ssh-forbidden`, `ssh-lost`. */
  async exec(command: string): Promise<Exec> {
    return await this.#open<ClientChannel, Exec>(
      (callback) => this.#client.exec(command, callback),
      (channel) => {
        const { promise: exit, resolve } = Promise.withResolvers<number | undefined>()
        channel.once('exit', (code: number | null) => resolve(code ?? undefined))
        channel.once('close', () => resolve(undefined))
        return { stream: this.#streamOf(channel), stderr: channel.stderr, exit }
      },
    )
  }

  /** A connection to a unix socket there. Errors: `ssh-forbidden` when the server refuses it, `engine-not-there` when nobody listens. */
  async openSocket(path: string): Promise<Duplex> {
    return await this.#open<Channel, Duplex>(
      (callback) => this.#client.openssh_forwardOutStreamLocal(path, callback),
      (channel) => this.#streamOf(channel),
    )
  }

  /** A connection to a port, as seen from there. Errors as `openSocket`. */
  async openPort(host: string, port: number): Promise<Duplex> {
    return await this.#open<Channel, Duplex>(
      (callback) => this.#client.forwardOut('127.0.0.1', 0, host, port, callback),
      (channel) => this.#streamOf(channel),
    )
  }

  close(): void {
    this.#end(sshError('ssh-lost', `connect to ${this.#name}: the connection has been closed`))
    this.#client.end()
    // A peer that does not answer does not close either.
    this.#client.destroy()
  }

  /** `use` is called in the same turn: what the channel tells next may be in the packet that has opened it. */
  #open<T extends Channel, R>(
    ask: (callback: (error: Error | undefined, channel: T) => void) => unknown,
    use: (channel: T) => R,
  ): Promise<R> {
    if (this.#error !== undefined) return Promise.reject(this.#error)
    const began = performance.now()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(sshError('ssh-timed-out', `ask ${this.#name}: no answer`)), PATIENCE)
      const answer = (error: Error | undefined, channel: T) => {
        clearTimeout(timer)
        this.#fastest = Math.min(this.#fastest, performance.now() - began)
        if (error !== undefined) reject(this.#error ?? refusal(this.#name, error))
        else resolve(use(channel))
      }
      try {
        ask(answer)
      } catch (error) {
        clearTimeout(timer)
        reject(this.#error ?? connectionError(this.#name, error))
      }
    })
  }

  #streamOf(channel: Channel): ChannelStream {
    guardWindow(channel, (error) => {
      this.#end(error)
      this.#client.destroy()
    })
    const stream = new ChannelStream(channel)
    this.#streams.add(stream)
    stream.once('close', () => this.#streams.delete(stream))
    // Whoever reads or writes sees its error; one that nobody uses at the moment must not end the process.
    stream.on('error', () => undefined)
    return stream
  }

  #end(cause: unknown): void {
    if (this.#error !== undefined) return
    this.#error = connectionError(this.#name, cause)
    // Before ssh2 ends its channels, which would look as if they had come to their end.
    for (const stream of this.#streams) stream.lose(this.#error)
    this.#closed.resolve(this.#error)
  }
}

function refusal(name: string, error: Error): PockerError {
  const reason: unknown = 'reason' in error ? error.reason : undefined
  switch (reason) {
    case CONNECT_FAILED:
      return new PockerError('Unavailable', `connect at ${name}: nothing listens there`, { code: 'engine-not-there', cause: error })
    case SHORTAGE:
      return sshError('ssh-too-many-channels', `ask ${name}: it allows no more channels`, { cause: error })
    case PROHIBITED:
    case UNKNOWN_TYPE:
      return sshError('ssh-forbidden', `ask ${name}: it does not allow that`, { cause: error })
    default:
      return /not OpenSSH/.test(error.message)
        ? sshError('ssh-forbidden', `ask ${name}: its server cannot do that`, { cause: error })
        : connectionError(name, error)
  }
}
