/** What SQLite's result codes mean to the user. */
import { PockerError } from '../../api/errors.ts'

const BUSY = 5
const LOCKED = 6
const READONLY = 8
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOTADB = 26
const CONSTRAINT_UNIQUE = 2067

/** A state file that cannot be believed. */
export function damaged(path: string, cause: unknown): PockerError {
  return new PockerError('Unavailable', `open state "${path}": the file is damaged`, {
    code: 'state-corrupt',
    hint: 'Restore it from a backup, or move it away to begin with no containers and images.',
    cause,
  })
}

/** The error for the user; one that is meant for the user already stays as it is. */
export function stateError(verb: string, path: string, cause: unknown): PockerError {
  if (cause instanceof PockerError) return cause
  const unavailable = (reason: string, code: string, hint?: string) =>
    new PockerError('Unavailable', `${verb} "${path}": ${reason}`, { code, cause, ...(hint === undefined ? {} : { hint }) })
  switch (primaryCode(cause)) {
    case CORRUPT:
    case NOTADB:
      return damaged(path, cause)
    case FULL:
      return unavailable('no space left on the disk', 'state-disk-full', 'Remove containers and images, or free space otherwise.')
    case BUSY:
    case LOCKED:
      return unavailable('another helper has it open', 'state-in-use')
    case READONLY:
    case CANTOPEN:
      return unavailable('the file cannot be opened for writing', 'state-unwritable')
    default:
      return isFileError(cause)
        ? unavailable('the file cannot be opened for writing', 'state-unwritable')
        : new PockerError('Internal', `${verb} "${path}": ${cause instanceof Error ? cause.message : String(cause)}`, {
            code: 'state-failed',
            cause,
          })
  }
}

/** Whether SQLite refused a row for having another row's unique value: names are the only one besides the key, which may be replaced. */
export function isNameTaken(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === CONSTRAINT_UNIQUE
}

/** Without the details that SQLite adds in the upper bits. */
function primaryCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
