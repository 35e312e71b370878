/** Extended attributes that go into archives. */
import { constants } from 'node:os'
import { tryCall } from '../linux/call.ts'
import { SyscallError } from '../linux/errno.ts'

/**
 * The attributes of what is called `name` in the current folder: file capabilities and the user's own. All others are the host's business
 * (`security.selinux`, `trusted.*`, ACLs by this machine's users), or a layer that says them would be refused (`user.overlay.*`).
 * Errors: SyscallError.
 */
export function readAttributes(name: Buffer): ReadonlyMap<string, Uint8Array> | undefined {
  const path = withNul(name)
  const list = readSized((buffer) => tryCall('llistxattr', [path, buffer, buffer.length]))
  if (list === undefined || list.length === 0) return undefined
  const attributes = new Map<string, Uint8Array>()
  for (const attribute of list.toString('utf8', 0, list.length - 1).split('\0')) {
    if (!isPacked(attribute)) continue
    const value = readSized((buffer) => tryCall('lgetxattr', [path, attribute, buffer, buffer.length]))
    if (value !== undefined) attributes.set(attribute, value)
  }
  return attributes
}

/** One attribute's value as text, whatever it is called; undefined when it is not set. Errors: SyscallError. */
export function readAttribute(name: Buffer, attribute: string): string | undefined {
  const path = withNul(name)
  return readSized((buffer) => tryCall('lgetxattr', [path, attribute, buffer, buffer.length]))?.toString('latin1')
}

function isPacked(attribute: string): boolean {
  if (attribute === 'security.capability') return true
  return attribute.startsWith('user.') && !attribute.startsWith('user.overlay.')
}

// The kernel's bound for values and lists of names. Few have more than a little, and each buffer is copied to the call and back.
const SIZES = [256, 1 << 16]
const { E2BIG, ENODATA, ENOENT, ENOTDIR, ENOTSUP, EOPNOTSUPP, ERANGE } = constants.errno
const ABSENT = new Set([ENODATA, ENOENT, ENOTDIR, ENOTSUP, EOPNOTSUPP])

/** Undefined when there is none. It may grow between two calls. */
function readSized(read: (buffer: Buffer) => number): Buffer | undefined {
  for (const size of SIZES) {
    const buffer = Buffer.allocUnsafe(size)
    const length = read(buffer)
    if (length >= 0) return buffer.subarray(0, length)
    if (ABSENT.has(-length)) return undefined
    if (-length !== ERANGE && -length !== E2BIG) throw new SyscallError('read attributes', 'file', -length)
  }
  throw new SyscallError('read attributes', 'file', ERANGE)
}

function withNul(name: Buffer): Buffer {
  return Buffer.concat([name, new Uint8Array(1)])
}
