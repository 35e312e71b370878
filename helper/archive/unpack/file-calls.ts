/** System calls on paths that are byte strings relative to the current folder, the final symlink never followed. Negative results are errnos. */
import { call, tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import type { Moment } from '../tar/entry.ts'

const { AT_FDCWD, AT_SYMLINK_NOFOLLOW } = linux
// biome-ignore lint/suspicious/noControlCharactersInRegex: any byte below 0x80 is the same in UTF-8
const ASCII = /^[\x00-\x7f]*$/

/** A byte string as a system call takes it. */
export function pathArgument(path: string): string | Uint8Array {
  if (path === '') return '.'
  return ASCII.test(path) ? path : Buffer.from(`${path}\0`, 'latin1')
}

/** A device number as mknod wants it (glibc's makedev, 32 bits). */
export function deviceNumber(major: number, minor: number): number {
  return ((minor & 0xff) | ((major & 0xfff) << 8) | ((minor & ~0xff) << 12)) >>> 0
}

/** mkdirat(2) in the current folder. */
export function mkdir(path: string, mode: number): number {
  return tryCall('mkdirat', [AT_FDCWD, pathArgument(path), mode])
}

/** openat(2) in the current folder; a link is not followed. The caller closes it. */
export function open(path: string, flags: number, mode = 0): number {
  return tryCall('openat', [AT_FDCWD, pathArgument(path), flags | linux.O_NOFOLLOW | linux.O_CLOEXEC, mode])
}

/** A descriptor (O_PATH) of the current folder. The caller closes it. */
export function openHere(): number {
  return call('openat', [AT_FDCWD, '.', linux.O_PATH | linux.O_DIRECTORY | linux.O_CLOEXEC, 0], 'folder')
}

/**
 * What lies under a name (the file type bits of its mode), a link not followed; undefined when nothing does. In the current folder when
 * `folder` is left out.
 */
export function kindOf(name: string, folder: number = AT_FDCWD): number | undefined {
  const result = tryCall('statx', [folder, pathArgument(name), AT_SYMLINK_NOFOLLOW, STATX_TYPE, statx])
  return result < 0 ? undefined : statx.readUInt16LE(STX_MODE) & 0o170000
}

// <linux/stat.h>
const STATX_TYPE = 1
const STX_MODE = 28
const statx = Buffer.alloc(256)

/** mknodat(2) in the current folder. */
export function mknod(path: string, mode: number, device: number): number {
  return tryCall('mknodat', [AT_FDCWD, pathArgument(path), mode, device])
}

/** symlinkat(2) in the current folder; the target is a text that nobody follows here. */
export function symlink(target: string, path: string): number {
  return tryCall('symlinkat', [pathArgument(target), AT_FDCWD, pathArgument(path)])
}

/** `target` lies in `folder`, and is not followed when it is a link. */
export function hardLink(folder: number, target: string, path: string): number {
  return tryCall('linkat', [folder, pathArgument(target), AT_FDCWD, pathArgument(path), 0])
}

/** fchown(2). */
export function changeOwnerOf(fd: number, uid: number, gid: number): number {
  return tryCall('fchown', [fd, uid, gid])
}

/** fchmod(2). */
export function changeModeOf(fd: number, mode: number): number {
  return tryCall('fchmod', [fd, mode])
}

/** fchownat(2) in the current folder, of a link itself. */
export function changeOwner(path: string, uid: number, gid: number): number {
  return tryCall('fchownat', [AT_FDCWD, pathArgument(path), uid, gid, AT_SYMLINK_NOFOLLOW])
}

/** lsetxattr(2). */
export function setXattr(path: string, name: string, value: Buffer): number {
  // An empty value still needs an address.
  return tryCall('lsetxattr', [pathArgument(path), pathArgument(name), value.length === 0 ? '' : value, value.length, 0])
}

/** fsetxattr(2). */
export function setXattrOf(fd: number, name: string, value: Buffer): number {
  return tryCall('fsetxattr', [fd, pathArgument(name), value.length === 0 ? '' : value, value.length, 0])
}

const times = new BigInt64Array(4)
const timesBytes = new Uint8Array(times.buffer)

/** Access and modification time are the same, as GNU tar has it. */
export function setTimes(path: string, moment: Moment): number {
  writeTimes(times, moment)
  return tryCall('utimensat', [AT_FDCWD, pathArgument(path), timesBytes, AT_SYMLINK_NOFOLLOW])
}

/** Of an open file. */
export function setTimesOf(fd: number, moment: Moment): number {
  writeTimes(times, moment)
  return tryCall('utimensat', [fd, 0, timesBytes, 0])
}

/** Two struct timespec. */
export function writeTimes(target: BigInt64Array, { seconds, nanoseconds }: Moment): void {
  target[0] = target[2] = BigInt(seconds)
  target[1] = target[3] = BigInt(nanoseconds)
}
