/** The names in an open folder, in pieces: a container can have millions of them. */
import { tryCall } from '../../linux/call.ts'
import { done } from './failure.ts'

const SIZE = 32 << 10
// struct linux_dirent64 of <dirent.h>: inode, offset, length of the entry, type, name.
const LENGTH = 16
const NAME = 19

/** Byte strings, without `.` and `..`, in the file system's order. `path` is for errors. Errors: those of `failure`. */
export function* namesIn(folder: number, verb: string, path: string): Generator<string, void> {
  for (;;) {
    const entries = Buffer.allocUnsafe(SIZE)
    const end = done(tryCall('getdents64', [folder, entries, SIZE]), verb, path)
    if (end === 0) return
    for (let at = 0; at < end; at += entries.readUInt16LE(at + LENGTH)) {
      const name = entries.toString('latin1', at + NAME, entries.indexOf(0, at + NAME))
      if (name !== '.' && name !== '..') yield name
    }
  }
}
