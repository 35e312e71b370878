import { PockerError } from '../../api/errors.ts'
import { showPath } from './entry.ts'

/** An archive that is broken, or that tries what no honest one does: InvalidParameter `bad-archive`. */
export function badArchive(cause: string, cause2?: unknown): PockerError {
  return new PockerError('InvalidParameter', `read archive: ${cause}`, { code: 'bad-archive', cause: cause2 })
}

/** As `badArchive`, naming the entry. */
export function badEntry(path: string, cause: string, cause2?: unknown): PockerError {
  return badArchive(`entry "${showPath(path)}" ${cause}`, cause2)
}

/** A bound of what an archive may cost was passed: InvalidParameter with `code`. */
export function tooMuch(code: `archive-${string}`, cause: string): PockerError {
  return new PockerError('InvalidParameter', `read archive: ${cause}`, { code })
}
