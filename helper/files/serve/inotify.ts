/** inotify(7): the calls, and its events as they come. */
import { constants } from 'node:os'
import { call, tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'

// <linux/inotify.h>
export const IN = {
  MODIFY: 0x2,
  ATTRIB: 0x4,
  CLOSE_WRITE: 0x8,
  MOVED_FROM: 0x40,
  MOVED_TO: 0x80,
  CREATE: 0x100,
  DELETE: 0x200,
  DELETE_SELF: 0x400,
  MOVE_SELF: 0x800,
  UNMOUNT: 0x2000,
  OVERFLOW: 0x4000,
  IGNORED: 0x8000,
  /** What is done in a file that has lost its name is not told. */
  EXCL_UNLINK: 0x4000000,
  IS_FOLDER: 0x40000000,
} as const
const WATCHED = IN.MODIFY | IN.ATTRIB | IN.CLOSE_WRITE | IN.MOVED_FROM | IN.MOVED_TO | IN.CREATE | IN.DELETE | IN.DELETE_SELF | IN.MOVE_SELF

/** One event of a watch. */
export interface Happening {
  readonly watch: number
  readonly mask: number
  /** A byte string; empty for what is watched itself. */
  readonly name: string
}

// struct inotify_event: watch, mask, cookie, length of the name, name.
const HEAD = 16
const SIZE = 64 << 10

/** A descriptor that events can be read from. Errors: SyscallError. */
export function openInotify(): number {
  return call('inotify_init1', [linux.O_NONBLOCK | linux.O_CLOEXEC], 'watch')
}

/** Watches what a descriptor (also of O_PATH) is of. The watch's number, the same for the same file, or the negative errno. */
export function addWatch(inotify: number, file: number): number {
  // By a name, as inotify knows nothing else: the current folder is that of this process's own descriptors.
  return tryCall('inotify_add_watch', [inotify, String(file), WATCHED | IN.EXCL_UNLINK])
}

/** Ends a watch. One that has ended by itself is fine. */
export function removeWatch(inotify: number, watch: number): void {
  tryCall('inotify_rm_watch', [inotify, watch])
}

/** What has happened since the last call. Errors: SyscallError. */
export function readInotify(inotify: number): Happening[] {
  const events = Buffer.allocUnsafe(SIZE)
  const end = tryCall('read', [inotify, events, SIZE])
  if (end === -constants.errno.EAGAIN) return []
  const happenings: Happening[] = []
  for (let at = 0; at < end; ) {
    const from = at + HEAD
    const length = events.readUInt32LE(at + 12)
    const name = events.toString('latin1', from, from + length)
    happenings.push({ watch: events.readInt32LE(at), mask: events.readUInt32LE(at + 4), name: name.replace(/\0.*$/s, '') })
    at = from + length
  }
  return happenings
}
