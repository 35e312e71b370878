/** Names of files in archives of images: only those that the formats have are taken, and none ever becomes a path on the disk. */
import { posix } from 'node:path'
import { PockerError } from '../api/errors.ts'
import { type Digest, isDigest } from './digest.ts'

const MAX_NAME = 4096

/** Documents that say what the archive holds. */
export const DOCUMENTS: ReadonlySet<string> = new Set(['manifest.json', 'index.json', 'oci-layout'])

/** `<hex>.json` is a configuration of `docker save` and skopeo, `sha256:<hex>` one of crane, `config.json` one of jib. */
const BY_DIGEST = [/^blobs\/sha256\/([0-9a-f]{64})$/, /^([0-9a-f]{64})\.json$/, /^sha256:([0-9a-f]{64})$/]
/** Layers of `docker save` before 25, of skopeo, of crane. */
const OTHERS = /^(?:config\.json|[0-9a-f]{64}\/layer\.tar|[0-9a-f]{64}\.tar(?:\.gz)?)$/

/**
 * A name as the archive's other parts refer to it: without `./` and a slash at its end.
 * Errors: InvalidParameter `bad-archive-name` for one that leads out of the archive.
 */
export function cleanName(name: string): string {
  const parts = name.split('/')
  if (name.startsWith('/') || name.includes('\0') || name.length > MAX_NAME || parts.includes('..')) {
    throw new PockerError('InvalidParameter', `read archive: ${JSON.stringify(name.slice(0, 200))} is no name in an archive of images`, {
      code: 'bad-archive-name',
    })
  }
  return parts.filter((part) => part !== '' && part !== '.').join('/')
}

/** Whether an archive of images may have a blob (layer or configuration) of that clean name, and the digest that the name promises. */
export function blobName(name: string): { readonly promised: Digest | undefined } | undefined {
  for (const pattern of BY_DIGEST) {
    const digest = `sha256:${pattern.exec(name)?.[1] ?? ''}`
    if (isDigest(digest)) return { promised: digest }
  }
  return OTHERS.test(name) ? { promised: undefined } : undefined
}

/** What a link points at, as a clean name; undefined when that lies outside. A symlink's target counts from its own folder. */
export function linkTarget(name: string, target: string, type: 'symlink' | 'hardlink'): string | undefined {
  const joined = posix.normalize(type === 'symlink' ? posix.join(posix.dirname(name), target) : target)
  if (target.startsWith('/') || joined === '..' || joined.startsWith('../')) return undefined
  return joined
}
