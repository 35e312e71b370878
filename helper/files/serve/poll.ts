/** Waiting for several things at once: ppoll(2), since the event loop's own way is closed to a confined process. */
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'

export interface Waited {
  readonly file: number
  /** `input`: there is something to read, or its other end is gone. `mounts`: of a mountinfo file, the mounts have changed. */
  readonly for: 'input' | 'mounts'
}

const SIZE = 8

/** Those of `files` that are ready, at the latest after so many milliseconds; it waits without end when these are left out. */
export function poll(files: readonly Waited[], milliseconds?: number): ReadonlySet<number> {
  const list = Buffer.alloc(files.length * SIZE)
  for (const [index, { file, for: what }] of files.entries()) {
    list.writeInt32LE(file, index * SIZE)
    list.writeInt16LE(what === 'input' ? linux.POLLIN : linux.POLLPRI, index * SIZE + 4)
  }
  tryCall('ppoll', [list, files.length, milliseconds === undefined ? 0 : timespec(milliseconds), 0, 0])
  const ready = files.filter((_, index) => list.readInt16LE(index * SIZE + 6) !== 0)
  return new Set(ready.map(({ file }) => file))
}

function timespec(milliseconds: number): Uint8Array {
  const seconds = Math.floor(milliseconds / 1000)
  return new Uint8Array(new BigInt64Array([BigInt(seconds), BigInt(Math.round((milliseconds - seconds * 1000) * 1e6))]).buffer)
}
