import { PockerError } from '../../api/errors.ts'
import type { Digest } from '../digest.ts'

/** NotFound `blob-missing`. */
export function missing(digest: Digest, cause: unknown): PockerError {
  return new PockerError('NotFound', `read blob ${digest}: it is not there`, { code: 'blob-missing', cause })
}

/** The disk no longer has what was written. */
export function corrupt(digest: Digest): PockerError {
  return new PockerError('Internal', `read blob ${digest}: the stored bytes are not those of the digest`, {
    code: 'blob-corrupt',
    hint: 'remove the image that it belongs to, and pull or load it again',
  })
}
