import type { PathStat, StatPath } from './archive.ts'
import { runArchiveJob } from './process.ts'
import { sendView } from './root-view.ts'

/**
 * What lies at `path`, a symlink itself unless a slash follows it.
 * Errors: PockerError NotFound `path-missing`, InvalidParameter `path-unusable`, Conflict `container-not-running`.
 */
export const statPath: StatPath = async (root, path) => {
  const view = sendView(root)
  return receiveStat(await runArchiveJob({ kind: 'stat-path', root: view.root, path }, { extraFds: view.extraFds }))
}

/** The PathStat that the archive process answered with. Errors: TypeError. */
export function receiveStat(answer: unknown): PathStat {
  const { name, size, mode, mtime, linkTarget }: Readonly<Record<string, unknown>> = { ...Object(answer) }
  if (typeof name !== 'string' || typeof mtime !== 'string' || typeof linkTarget !== 'string')
    throw new TypeError('the archive process has no names')
  if (typeof size !== 'number' || typeof mode !== 'number') throw new TypeError('the archive process has no numbers')
  return { name, size, mode, mtime, linkTarget }
}
