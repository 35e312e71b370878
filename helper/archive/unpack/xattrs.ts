/** Which extended attributes of an archive are kept. */
import { constants } from 'node:os'
import { badEntry } from '../tar/bad-archive.ts'
import type { TarEntry } from '../tar/entry.ts'
import { failure } from './failure.ts'
import { setXattrOf } from './file-calls.ts'

// With these a layer would tell overlayfs what to show in place of other layers' files (user.* with the mount option userxattr).
const OVERLAY = /^(trusted|user)\.overlay\./

/** What is made in a folder later gets this access list. */
export const DEFAULT_ACL = 'system.posix_acl_default'

/**
 * The attributes to be set, in their order. Users' own and access lists are kept, and file capabilities; `trusted.*` and the other
 * `security.*` (labels and signatures of another machine) are dropped.
 * Errors: `bad-archive` for those of overlayfs.
 */
export function keptXattrs(entry: TarEntry): readonly (readonly [name: string, value: Buffer])[] {
  if (entry.xattrs.size === 0) return []
  const refused = [...entry.xattrs.keys()].find((name) => OVERLAY.test(name) || name.includes('\0'))
  if (refused !== undefined) throw badEntry(entry.path, `has the attribute ${JSON.stringify(refused)}, which is not an image's to set`)
  const kept = [...entry.xattrs].filter(([name]) => isKept(name))
  // XATTR_NAME_MAX and XATTR_SIZE_MAX of <linux/limits.h>
  const tooLong = kept.find(([name, value]) => name.length > 255 || value.length > 65536)
  if (tooLong !== undefined) throw badEntry(entry.path, 'has an attribute that is too long')
  return kept
}

/**
 * Sets the attributes of an open file or folder. A file system without attributes can do without them, except for those that a program
 * needs to work. `path` is for errors. Errors: those of `failure`.
 */
export function applyXattrs(fd: number, { path, xattrs }: { path: string; xattrs: readonly (readonly [string, Buffer])[] }): void {
  for (const [name, value] of xattrs) {
    const result = setXattrOf(fd, name, value)
    if (result >= 0 || (result === -constants.errno.EOPNOTSUPP && name !== 'security.capability')) continue
    throw failure(`set attribute ${name}`, path, -result)
  }
}

function isKept(name: string): boolean {
  return name.startsWith('user.') || name === 'security.capability' || name === 'system.posix_acl_access' || name === DEFAULT_ACL
}
