/** A channel of an SSH connection as a stream like all others. */
import { Duplex } from 'node:stream'
import type { Channel } from 'ssh2'
import { sshError } from '../ssh-error.ts'

/**
 * ssh2's own streams cannot be destroyed as others can, and end as if all were well when the connection is lost. This one ends with an
 * error then, and holds its sender back when nobody reads.
 */
export class ChannelStream extends Duplex {
  readonly #channel: Channel
  #hasEnded = false
  #written: (() => void) | undefined

  constructor(channel: Channel) {
    super({ allowHalfOpen: true })
    this.#channel = channel
    channel.on('data', (piece: Buffer) => {
      if (!this.push(piece)) channel.pause()
    })
    channel.once('end', () => {
      this.#hasEnded = true
      this.push(null)
    })
    channel.once('close', () => {
      if (!this.#hasEnded) this.push(null)
      // Nobody will take any more of what is written. What has been read is still to be had, and says why: an error would drop it.
      this.#wrote()
      if (!this.writableEnded) this.end()
    })
    channel.on('error', (error: Error) => this.destroy(error))
  }

  /** Ends it with the connection's error. */
  lose(error: Error): void {
    if (!this.destroyed && !(this.#hasEnded && this.writableFinished)) this.destroy(error)
  }

  override _read(): void {
    this.#channel.resume()
  }

  override _write(piece: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#written = callback
    if (!this.#channel.writable) this.#wrote()
    else if (this.#channel.write(piece, encoding)) this.#wrote()
    else this.#channel.once('drain', () => this.#wrote())
  }

  #wrote(): void {
    const callback = this.#written
    this.#written = undefined
    callback?.()
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (this.#channel.writable) this.#channel.end()
    callback()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#channel.removeAllListeners('data')
    this.#channel.resume()
    this.#channel.close()
    callback(error)
  }
}

/** A server may send more than it was told to: then nothing bounds what is kept of it, so `tooMuch` is called. */
export function guardWindow(channel: Channel, tooMuch: (error: Error) => void): void {
  const incoming: unknown = Reflect.get(channel, 'incoming')
  const push = channel.push.bind(channel)
  channel.push = (piece: unknown, encoding?: BufferEncoding) => {
    const window: unknown = typeof incoming === 'object' && incoming !== null ? Reflect.get(incoming, 'window') : undefined
    if (typeof window === 'number' && window < 0) {
      tooMuch(sshError('ssh-protocol', 'read a channel: the server sends more than it was told to'))
      return false
    }
    return push(piece, encoding)
  }
}
