/** Regular files: small ones gathered and written by one launch program, others piece by piece. */
import { closeSync, ftruncateSync, writeSync } from 'node:fs'
import { constants } from 'node:os'
import { linux } from '../../linux/constants.ts'
import { SyscallError } from '../../linux/errno.ts'
import type { TarEntry } from '../tar/entry.ts'
import { failure } from './failure.ts'
import { changeModeOf, changeOwnerOf, open, setTimesOf } from './file-calls.ts'
import type { Budget } from './limits.ts'
import { createSmallFileWriter, type Owner, SMALL, type SmallFileWriter } from './small-file.ts'
import { applyXattrs, keptXattrs } from './xattrs.ts'

const NEW = linux.O_WRONLY | linux.O_CREAT | linux.O_EXCL
const { EEXIST } = constants.errno

export interface FileWriterOptions {
  readonly budget: Budget
  readonly ownerOf: (entry: TarEntry) => Owner
  /** Removes what is in the file's place. */
  readonly clear: (base: string, entry: TarEntry) => void
}

/** Always makes a new file, never writes to one that is there: it may have other names. */
export class FileWriter {
  private readonly options: FileWriterOptions
  private readonly small: SmallFileWriter
  private base = ''
  private entry: TarEntry | undefined
  /** Of a file that is written piece by piece. */
  private descriptor = -1
  private xattrs: readonly (readonly [name: string, value: Buffer])[] = []

  constructor(options: FileWriterOptions) {
    this.options = options
    this.small = createSmallFileWriter(options.ownerOf)
  }

  /** The file `base` in the current folder. Errors: those of `failure` and of `clear`. */
  begin(base: string, entry: TarEntry): void {
    this.base = base
    this.entry = entry
    const xattrs = keptXattrs(entry)
    this.descriptor = entry.sparse || entry.size > SMALL || xattrs.length > 0 ? this.create(base, entry) : -1
    this.xattrs = xattrs
  }

  data(piece: Buffer, position: number): void {
    if (this.descriptor < 0) {
      piece.copy(this.small.content, position)
      return
    }
    if (this.entry?.sparse) this.options.budget.spend(piece.length)
    this.attempt('write', () => {
      for (let sent = 0; sent < piece.length; ) sent += writeSync(this.descriptor, piece, sent, piece.length - sent, position + sent)
    })
  }

  end(): void {
    const { entry } = this
    if (entry === undefined) return
    if (this.descriptor < 0) this.writeSmall(entry)
    else this.complete(entry)
    this.entry = undefined
  }

  private writeSmall(entry: TarEntry): void {
    let result = this.small.write(this.base, entry, entry.size)
    if (result === -EEXIST) {
      this.options.clear(this.base, entry)
      result = this.small.write(this.base, entry, entry.size)
    }
    if (result < 0) throw failure('write file', entry.path, -result)
  }

  private create(base: string, entry: TarEntry): number {
    let descriptor = open(base, NEW, 0o600)
    if (descriptor === -EEXIST) {
      this.options.clear(base, entry)
      descriptor = open(base, NEW, 0o600)
    }
    if (descriptor < 0) throw failure('openat', entry.path, -descriptor)
    return descriptor
  }

  /** In this order: writing and a change of owner take away the mode's special bits and capabilities, and each of them changes the time. */
  private complete(entry: TarEntry): void {
    const { descriptor } = this
    this.descriptor = -1
    try {
      if (entry.sparse) this.attempt('ftruncate', () => ftruncateSync(descriptor, entry.size))
      const { uid, gid } = this.options.ownerOf(entry)
      check('fchown', entry, changeOwnerOf(descriptor, uid, gid))
      check('fchmod', entry, changeModeOf(descriptor, entry.mode))
      applyXattrs(descriptor, { path: entry.path, xattrs: this.xattrs })
      check('utimensat', entry, setTimesOf(descriptor, entry.mtime))
    } finally {
      closeSync(descriptor)
    }
  }

  private attempt(call: string, work: () => void): void {
    try {
      work()
    } catch (error) {
      const code = error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : undefined
      if (code === undefined || error instanceof SyscallError) throw error
      throw failure(call, this.entry?.path ?? this.base, -code)
    }
  }
}

function check(call: string, entry: TarEntry, result: number): void {
  if (result < 0) throw failure(call, entry.path, -result)
}
