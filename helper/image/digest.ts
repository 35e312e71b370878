/** Content digests. One that has been parsed can be part of a path. */
import { PockerError } from '../api/errors.ts'

declare const checked: unique symbol

/** `sha256:` and 64 lower-case hex digits. */
export type Digest = string & { readonly [checked]: true }

const SHA256 = /^sha256:[a-f0-9]{64}$/

/** Whether `text` is a digest of the one algorithm that is used (CVE-2024-3727: nothing else may ever reach a path). */
export function isDigest(text: string): text is Digest {
  return SHA256.test(text)
}

/** Errors: InvalidParameter `bad-digest`. */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text
  throw new PockerError('InvalidParameter', `read digest ${JSON.stringify(text.slice(0, 100))}: it is not sha256 and 64 hex digits`, {
    code: 'bad-digest',
  })
}

/** The hex digits alone. */
export function digestHex(digest: Digest): string {
  return digest.slice('sha256:'.length)
}
