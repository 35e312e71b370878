import type { Duplex } from 'node:stream'

/** The same stream with what node:http wants of a socket, and other streams have no need of. */
export function likeSocket<T extends Duplex>(stream: T): T {
  const nothing = () => stream
  return Object.assign(stream, { setTimeout: nothing, setNoDelay: nothing, setKeepAlive: nothing, ref: nothing, unref: nothing })
}
