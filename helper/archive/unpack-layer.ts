/** The helper's side of unpacking layers. */
import { closeSync, openSync } from 'node:fs'
import { constants } from 'node:os'
import { tryCall } from '../linux/call.ts'
import { linux } from '../linux/constants.ts'
import { SyscallError } from '../linux/errno.ts'
import type { UnpackLayer } from './archive.ts'
import { runArchiveJob } from './process.ts'
import type { LayerFacts } from './unpack-job.ts'

const { ENOENT, ENOTDIR, ELOOP } = constants.errno

/**
 * Unpacks a layer's blob into an empty folder, in a process that can see nothing else. Whiteouts become overlayfs's own marks. After an
 * error the folder holds a part of it: the caller removes it.
 * Errors: PockerError InvalidParameter `bad-archive`, `archive-too-large`, `archive-too-many-entries`, `archive-ratio`,
 * `archive-path-too-long`, `archive-header-too-large`; Unavailable `no-space`; Cancelled `cancelled`; Internal `archive-process-died`.
 */
export const unpackLayer: UnpackLayer = async ({ blob, folder, limits, onProgress, signal }) => {
  const root = openSync(folder, linux.O_RDONLY | linux.O_DIRECTORY | linux.O_NOFOLLOW)
  try {
    const options = { stdin: blob, extraFds: [root], signal, ...(onProgress === undefined ? {} : { onProgress }) }
    const { opaque, ...layer } = readFacts(await runArchiveJob({ kind: 'unpack-layer', limits: limits ?? {} }, options))
    for (const path of opaque) markOpaque(root, path)
    return layer
  } finally {
    closeSync(root)
  }
}

/** The answer comes from a process that has read what nobody trusts. Errors: TypeError. */
function readFacts(answer: unknown): LayerFacts {
  const { diffId, digest, size, opaque }: Readonly<Record<string, unknown>> = { ...Object(answer) }
  if (typeof diffId !== 'string' || typeof digest !== 'string') throw new TypeError('the archive process has no digests')
  if (typeof size !== 'number' || !Array.isArray(opaque)) throw new TypeError('the archive process has no size')
  return { diffId, digest, size, opaque: opaque.map(String) }
}

const OPEN_HOW_SIZE = 24
const how = Buffer.alloc(OPEN_HOW_SIZE)
how.writeBigUInt64LE(BigInt(linux.O_RDONLY | linux.O_DIRECTORY | linux.O_NOFOLLOW | linux.O_CLOEXEC), 0)
how.writeBigUInt64LE(BigInt(linux.RESOLVE_BENEATH | linux.RESOLVE_NO_SYMLINKS | linux.RESOLVE_NO_MAGICLINKS | linux.RESOLVE_NO_XDEV), 16)

/**
 * Overlayfs then shows nothing of the folder that layers below have (kernel documentation, filesystems/overlayfs.rst, "whiteouts and opaque
 * directories"). Done here and not in the archive process, since only CAP_SYS_ADMIN may set attributes of this kind: whatever that process
 * names, all that can happen is this one mark on a folder of this layer. One that is not there any more is passed over.
 */
function markOpaque(root: number, path: string): void {
  const bytes = Buffer.concat([Buffer.from(path === '' ? '.' : path, 'latin1'), Buffer.of(0)])
  const folder = tryCall('openat2', [root, bytes, how, OPEN_HOW_SIZE])
  if ([-ENOENT, -ENOTDIR, -ELOOP].includes(folder)) return
  if (folder < 0) throw new SyscallError('openat2', path, -folder)
  try {
    const result = tryCall('fsetxattr', [folder, 'trusted.overlay.opaque', Buffer.from('y'), 1, 0])
    if (result < 0) throw new SyscallError('fsetxattr', path, -result)
  } finally {
    closeSync(folder)
  }
}
