/**
 * Writing a small file as one launch program: create, content, owner, mode, times, close. One entry into native code instead of six, which
 * counts in layers of many thousand files.
 */
import { constants } from 'node:os'
import { linux } from '../../linux/constants.ts'
import { architecture } from '../../linux/interpreter.ts'
import { link } from '../../linux/link.ts'
import { mapArena, run } from '../../linux/machine.ts'
import { ArgumentPlace, type Call, Cell, int32, Label, Program } from '../../linux/program.ts'
import type { TarEntry } from '../tar/entry.ts'
import { writeTimes } from './file-calls.ts'

/** Up to here copying the content costs less than the calls. */
export const SMALL = 256 << 10

const MAX_PATH = 4096
const NEW = linux.O_WRONLY | linux.O_CREAT | linux.O_EXCL | linux.O_NOFOLLOW | linux.O_CLOEXEC

export interface SmallFileWriter {
  /** Room for the content of one file. */
  readonly content: Buffer
  /** Writes the first `length` bytes of `content` to a new file; 0 or the first negative errno. A file that failed half-way is left. */
  write(path: string, entry: TarEntry, length: number): number
}

/** Owners are those given, which need not be the entry's. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Makes the program once; only numbers, path and content change from file to file. */
export function createSmallFileWriter(ownerOf: (entry: TarEntry) => Owner): SmallFileWriter {
  const path = new Cell(MAX_PATH)
  const content = new Cell(SMALL)
  const times = new Cell(32)
  const [length, uid, gid, mode] = [int32(0), int32(0), int32(0), int32(0)]
  const program = new Program()
  const [fd, done, closing] = [new Cell(), new Label('done'), new Label('close')]
  const results = [new Cell(), new Cell(), new Cell(), new Cell()] as const
  program.call('openat', [linux.AT_FDCWD, path, NEW, 0o600], { result: fd, onError: done })
  program.failure = closing
  const write = program.prepare('write', [fd.value, content, 0], { result: results[0] })
  // chown takes away set-user-ID bits: the mode comes after it.
  const chown = program.prepare('fchown', [fd.value, 0, 0], { result: results[1] })
  const chmod = program.prepare('fchmod', [fd.value, 0], { result: results[2] })
  const setTimes = program.prepare('utimensat', [fd.value, 0, times, 0], { result: results[3] })
  placeWith(program, write, [[2, length]])
  placeWith(program, chown, [[1, uid], [2, gid]]) // biome-ignore format: pairs
  placeWith(program, chmod, [[1, mode]])
  program.place(setTimes)
  program.label(closing)
  program.call('close', [fd.value], { onError: 'continue' })
  program.label(done)
  program.end()

  const arena = mapArena(SMALL + MAX_PATH + 8192)
  const bytes = Buffer.from(arena.bytes.buffer, arena.bytes.byteOffset, arena.bytes.byteLength)
  const linked = link(program, architecture, arena.bytes, arena.address)
  const at = (cell: Cell) => linked.offsetOf(cell)
  const timesView = new BigInt64Array(arena.bytes.buffer, arena.bytes.byteOffset + at(times), 4)
  const resultPlaces = results.map(at)
  const [fdAt, pathAt, lengthAt, uidAt, gidAt, modeAt] = [at(fd), at(path), at(length), at(uid), at(gid), at(mode)]
  return {
    content: bytes.subarray(at(content), at(content) + SMALL),
    write(name, entry, size) {
      bytes[pathAt + bytes.write(name, pathAt, MAX_PATH - 1, 'latin1')] = 0
      const owner = ownerOf(entry)
      bytes.writeInt32LE(size, lengthAt)
      bytes.writeInt32LE(owner.uid | 0, uidAt)
      bytes.writeInt32LE(owner.gid | 0, gidAt)
      bytes.writeInt32LE(entry.mode, modeAt)
      writeTimes(timesView, entry.mtime)
      run(arena.address)
      const opened = bytes.readInt32LE(fdAt)
      if (opened < 0) return opened
      for (const [index, place] of resultPlaces.entries()) {
        const result = bytes.readInt32LE(place)
        if (result < 0) return result
        // Less than all of it is what a full disk takes.
        if (index === 0 && result !== size) return -constants.errno.ENOSPC
      }
      return 0
    },
  }
}

/** Its arguments at these places are what the cells hold when the program comes there. */
function placeWith(program: Program, call: Call, values: readonly (readonly [index: number, cell: Cell])[]): void {
  for (const [index, cell] of values) program.copy(cell, new ArgumentPlace(call, index))
  program.place(call)
}
