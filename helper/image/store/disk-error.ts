import { PockerError } from '../../api/errors.ts'

/** What the user can be told of an error of the data root's filesystem; any other error as it is. `what` is such as `write blob`. */
export function explainDisk(what: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new PockerError('Unavailable', `${what}: no space left on the disk of the data root`, {
        code: 'no-space',
        hint: 'remove images and containers that are not needed: pocker image prune, pocker rm',
        cause: error,
      })
    case 'EROFS':
      return new PockerError('Unavailable', `${what}: the data root lies on a read-only filesystem`, {
        code: 'read-only-filesystem',
        cause: error,
      })
    default:
      return error
  }
}
