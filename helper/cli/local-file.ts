import { closeSync, constants, createReadStream, fstatSync, lstatSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { PockerError } from '../api/errors.ts'
import type { Io, OutputStream } from './io.ts'
import { write } from './io.ts'

const PIECE = 256 * 1024

/** Opens a file of the user's for reading as a stream. Errors: `no-such-file`, `is-a-folder`; those of the system. */
export function openToRead(io: Io, path: string): AsyncIterable<Uint8Array> {
  const file = openExisting(resolve(io.cwd, path), path)
  if (fstatSync(file).isDirectory()) {
    closeSync(file)
    throw new PockerError('InvalidParameter', `read "${path}": it is a folder`, { code: 'is-a-folder' })
  }
  return createReadStream('', { fd: file, highWaterMark: PIECE })
}

/**
 * Where an archive goes: the file of `--output`, or stdout. The file is there only when all of it is, and for its owner alone to read.
 * Errors: `output-is-a-terminal`, `bad-output`; those of the system.
 */
export function openOutput(io: Io, path: string | undefined): ArchiveOutput {
  if (path === undefined || path === '') return toStream(io.stdout)
  const target = resolve(io.cwd, path)
  checkTarget(target, path)
  const fresh = `${target}.${process.pid}.tmp`
  // Nothing that somebody else put there is written through.
  const file = openSync(fresh, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600)
  let open = true
  const close = () => {
    if (open) closeSync(file)
    open = false
  }
  return {
    write: (piece) => {
      for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at)
      return undefined
    },
    keep: () => {
      close()
      renameSync(fresh, target)
    },
    close: () => {
      if (open) rmSync(fresh, { force: true })
      close()
    },
  }
}

export interface ArchiveOutput {
  write(piece: Uint8Array): Promise<void> | undefined
  /** All is written. */
  keep(): void
  /** Lets go; without `keep` before it, nothing is left. */
  close(): void
}

/** Writes a whole body to where it belongs. */
export async function writeArchive(body: AsyncIterable<Uint8Array>, output: ArchiveOutput): Promise<void> {
  for await (const piece of body) await output.write(piece)
  output.keep()
}

function toStream(stream: OutputStream): ArchiveOutput {
  if (stream.isTTY === true) {
    const message = 'cowardly refusing to save to a terminal. Use the -o flag or redirect'
    throw new PockerError('InvalidParameter', message, { code: 'output-is-a-terminal' })
  }
  return { write: (piece) => write(stream, piece), keep: () => undefined, close: () => undefined }
}

function checkTarget(target: string, path: string): void {
  const refuse = (why: string) => new PockerError('InvalidParameter', `invalid output path: ${why}`, { code: 'bad-output' })
  if (statSync(dirname(target), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw refuse(`directory "${dirname(target)}" does not exist`)
  }
  const stat = lstatSync(target, { throwIfNoEntry: false })
  // A rename would put a file in the place of a device.
  if (path.endsWith('/') || (stat !== undefined && !stat.isFile() && !stat.isSymbolicLink()))
    throw refuse(`"${path}" must be a regular file`)
}

function openExisting(absolute: string, path: string): number {
  try {
    return openSync(absolute, 'r')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    throw new PockerError('NotFound', `open ${path}: no such file or directory`, { code: 'no-such-file', cause: error })
  }
}
