/** What the system knows of a name in a folder. */
import { constants } from 'node:os'
import { pathArgument } from '../../archive/unpack/file-calls.ts'
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'

/** A moment, as system calls have it. */
export interface Moment {
  readonly seconds: bigint
  readonly nanoseconds: number
}

export interface Found {
  /** With the bits of its type. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  /** How many names it has. */
  readonly names: number
  /** The same for two names of one file. */
  readonly inode: string
  readonly device: { readonly major: number; readonly minor: number }
  readonly accessed: Moment
  readonly modified: Moment
  readonly changed: Moment
  /** The number of the mount it lies on. */
  readonly mount: number
  /** Something is mounted there, and this is its root. */
  readonly isMount: boolean
  /** `chattr +i`: not even root writes there. */
  readonly isImmutable: boolean
}

// <linux/stat.h>; the mount's number and whether it is one's root are known from Linux 5.8 on.
const STATX_ALL = 0x7ff | 0x1000
const STATX_ATTR_IMMUTABLE = 0x10n
const STATX_ATTR_MOUNT_ROOT = 0x2000n
const SIZE = 256
const statx = Buffer.alloc(SIZE)
const { ENOENT } = constants.errno

/** What lies under `name` (a byte string) in `folder`, links not followed; `.` is the folder itself. The negative errno when that cannot be told. */
export function tryLook(folder: number, name: string): Found | number {
  const how = linux.AT_SYMLINK_NOFOLLOW | linux.AT_NO_AUTOMOUNT
  const result = tryCall('statx', [folder, pathArgument(name), how, STATX_ALL, statx])
  return result < 0 ? result : parse()
}

/** As `tryLook`; undefined when there is nothing. */
export function lookIn(folder: number, name: string): Found | number | undefined {
  const found = tryLook(folder, name)
  return found === -ENOENT ? undefined : found
}

/** What a descriptor (also of O_PATH) is of. The negative errno when that cannot be told. */
export function lookAtOpen(file: number): Found | number {
  const result = tryCall('statx', [file, '', linux.AT_EMPTY_PATH | linux.AT_NO_AUTOMOUNT, STATX_ALL, statx])
  return result < 0 ? result : parse()
}

function parse(): Found {
  const attributes = statx.readBigUInt64LE(8)
  return {
    mode: statx.readUInt16LE(28),
    uid: statx.readUInt32LE(20),
    gid: statx.readUInt32LE(24),
    size: Number(statx.readBigUInt64LE(40)),
    names: statx.readUInt32LE(16),
    inode: `${statx.readUInt32LE(136)}:${statx.readUInt32LE(140)}:${statx.readBigUInt64LE(32)}`,
    device: { major: statx.readUInt32LE(128), minor: statx.readUInt32LE(132) },
    accessed: momentAt(64),
    modified: momentAt(112),
    changed: momentAt(96),
    mount: Number(statx.readBigUInt64LE(144)),
    isMount: (attributes & STATX_ATTR_MOUNT_ROOT) !== 0n,
    isImmutable: (attributes & STATX_ATTR_IMMUTABLE) !== 0n,
  }
}

function momentAt(offset: number): Moment {
  return { seconds: statx.readBigInt64LE(offset), nanoseconds: statx.readUInt32LE(offset + 8) }
}

/** Milliseconds since 1970. */
export function milliseconds({ seconds, nanoseconds }: Moment): number {
  return Number(seconds) * 1000 + nanoseconds / 1e6
}

export type Type = 'file' | 'folder' | 'link' | 'other'

/** What kind of file it is. */
export function typeOf({ mode }: Found): Type {
  switch (mode & linux.S_IFMT) {
    case linux.S_IFREG:
      return 'file'
    case linux.S_IFDIR:
      return 'folder'
    case linux.S_IFLNK:
      return 'link'
    default:
      return 'other'
  }
}
