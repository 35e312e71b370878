import { tryCall } from './call.ts'
import { linux } from './constants.ts'

/** The user at the other end of a unix socket. */
export interface Peer {
  readonly uid: number
  readonly gid: number
}

/**
 * Who made the connection, as the kernel noted it when it was made: a descriptor that is handed on later changes nothing.
 * Undefined when the descriptor is no open socket. A user whom this user namespace has no number for is 65534.
 */
export function peerOf(descriptor: number): Peer | undefined {
  // struct ucred: pid, uid, gid.
  const credentials = new Uint32Array(3)
  const length = new Uint32Array([credentials.byteLength])
  const words = new Uint8Array(credentials.buffer)
  const result = tryCall('getsockopt', [descriptor, linux.SOL_SOCKET, linux.SO_PEERCRED, words, new Uint8Array(length.buffer)])
  const [, uid, gid] = credentials
  return result < 0 || uid === undefined || gid === undefined ? undefined : { uid, gid }
}
