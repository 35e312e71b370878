/** Owners, modes, times and attributes of open files. */
import { constants } from 'node:os'
import { pathArgument, setXattrOf } from '../../archive/unpack/file-calls.ts'
import { call, tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import type { WantedOwner } from '../requests.ts'
import { done } from './failure.ts'
import type { Found, Moment } from './look.ts'
import type { Place } from './place.ts'

export const ACCESS_LIST = 'system.posix_acl_access'
const DEFAULT_LIST = 'system.posix_acl_default'
const CAPABILITY = 'security.capability'

/** Which attributes go along. `content`: the file is the same and what is in it another; `all`: it is a copy. */
export type Kept = 'content' | 'all'

/**
 * `trusted.*` and `security.*` but for capabilities are the machine's business: labels follow from where a file lies, signatures from its
 * content. Capabilities go when a file is written to, by the kernel's own rule.
 */
function isKept(name: string, kept: Kept): boolean {
  if (name.startsWith('user.') || name === ACCESS_LIST) return true
  return kept === 'all' && (name === CAPABILITY || name === DEFAULT_LIST)
}

const { E2BIG, ENODATA, EOPNOTSUPP, ERANGE } = constants.errno
// Few have more than a little; the kernel's bound is 64 KiB.
const SIZES = [256, 1 << 16]

function copyAttributes(from: number, to: number, { kept, place }: { kept: Kept; place: Place }): void {
  const list = readSized((buffer) => tryCall('flistxattr', [from, buffer, buffer.length]), place)
  for (const name of list?.toString('latin1').split('\0') ?? []) {
    if (name === '' || !isKept(name, kept)) continue
    const value = readSized((buffer) => tryCall('fgetxattr', [from, pathArgument(name), buffer, buffer.length]), place)
    const result = value === undefined ? 0 : setXattrOf(to, name, value)
    // A file system without attributes does without, but a program without its capabilities does not work.
    if (result !== -EOPNOTSUPP || name === CAPABILITY) done(result, place.verb, place.path)
  }
}

function readSized(read: (buffer: Buffer) => number, place: Place): Buffer | undefined {
  for (const size of SIZES) {
    const buffer = Buffer.allocUnsafe(size)
    const length = read(buffer)
    if (length >= 0) return buffer.subarray(0, length)
    if (length === -ENODATA || length === -EOPNOTSUPP) return undefined
    if (length !== -ERANGE && length !== -E2BIG) done(length, place.verb, place.path)
  }
  return undefined
}

/** Takes away the access list that the folder gives to what is made in it. */
export function dropAccessList(file: number): void {
  // There is none, or the file system has none.
  tryCall('fremovexattr', [file, ACCESS_LIST])
}

/**
 * Sets owner, attributes (those of the open file `like`, if any) and mode, in this order: the kernel takes set-user-ID bits and capabilities
 * away with a change of owner, and an access list says what the group may do. Errors: those of `failure`.
 */
export function setOwnerOf(file: number, owner: Required<WantedOwner>, like: { place: Place; from?: number; kept?: Kept }): void {
  const { verb, path } = like.place
  done(tryCall('fchown', [file, owner.uid, owner.gid]), verb, path)
  if (like.from !== undefined) copyAttributes(like.from, file, { kept: like.kept ?? 'all', place: like.place })
  done(tryCall('fchmod', [file, owner.mode]), verb, path)
}

/** The owner and mode that a file has. */
export function ownerOf({ uid, gid, mode }: Found): Required<WantedOwner> {
  return { uid, gid, mode: mode & 0o7777 }
}

/** Two struct timespec: last access and last change of the content, as they were. */
export function timesOf({ accessed, modified }: Found): Uint8Array {
  const words = ({ seconds, nanoseconds }: Moment) => [seconds, BigInt(nanoseconds)]
  return new Uint8Array(new BigInt64Array([...words(accessed), ...words(modified)]).buffer)
}

/** Sets an open file's times. Errors: SyscallError. */
export function setTimesTo(file: number, found: Found): void {
  call('utimensat', [file, 0, timesOf(found), 0], 'times')
}

/** Owner and times of a link, a pipe or a device, by its name; none of them is opened. Errors: those of `failure`. */
export function setOwnerAndTimes({ folder, name, verb, path }: Place, found: Found): void {
  const at = pathArgument(name)
  done(tryCall('fchownat', [folder, at, found.uid, found.gid, linux.AT_SYMLINK_NOFOLLOW]), verb, path)
  done(tryCall('utimensat', [folder, at, timesOf(found), linux.AT_SYMLINK_NOFOLLOW]), verb, path)
}
