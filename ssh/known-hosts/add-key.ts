/** A key that the user has accepted becomes a line of known_hosts. */
import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { PockerError } from '../../helper/api/errors.ts'
import { keyType } from './fingerprint.ts'
import { isAbout, readKnownLines } from './known-lines.ts'
import { underLock } from './lock-file.ts'

/**
 * Appends it by one write, so that no other program's line is cut; nothing when it stands there already, as after another window has asked
 * the same: windows look and write one after the other. Errors: Forbidden `known-hosts-unreadable`, `known-hosts-not-written`.
 */
export async function addKey(path: string, name: string, key: Buffer): Promise<void> {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw notWritten(path, name, cause)
  }
  // A device, such as /dev/null, keeps no lines, and nothing is to be made beside it.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) append(path, name, key)
  else await underLock(`${path}.pocker-lock`, () => append(path, name, key))
}

function append(path: string, name: string, key: Buffer): void {
  const isThere = readKnownLines([path]).some((line) => line.marker === undefined && isAbout(line, name) && line.key.equals(key))
  if (isThere) return
  try {
    const file = openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600)
    try {
      const line = Buffer.from(`${endsInLine(file) ? '' : '\n'}${name} ${keyType(key)} ${key.toString('base64')}\n`)
      if (writeSync(file, line) !== line.length) throw new Error('the disk is full')
    } finally {
      closeSync(file)
    }
  } catch (cause) {
    throw notWritten(path, name, cause)
  }
}

function notWritten(path: string, name: string, cause: unknown): PockerError {
  return new PockerError('Forbidden', `add the key of ${name} to ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    code: 'known-hosts-not-written',
    cause,
  })
}

function endsInLine(file: number): boolean {
  const { size } = fstatSync(file)
  const last = Buffer.alloc(1)
  return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === 10)
}
