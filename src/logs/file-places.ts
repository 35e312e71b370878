/** Where a file that a log names is for this machine's editor. */
import { posix } from 'node:path'
import type { MountRow } from '../model/rows.ts'

/** Of a path in the container, its place on the host below a mounted folder. The mount that lies deepest counts, as in the container. */
export function hostPathOf(path: string, mounts: readonly MountRow[]): string | undefined {
  const wanted = posix.normalize(path)
  const within = mounts
    .filter(({ destination }) => isWithin(wanted, destination))
    .sort((one, other) => other.destination.length - one.destination.length)
  const [deepest] = within
  if (deepest === undefined || deepest.type !== 'bind' || !deepest.source.startsWith('/')) return undefined
  const rest = posix.relative(deepest.destination, wanted)
  return rest === '' ? deepest.source : posix.join(deepest.source, rest)
}

function isWithin(path: string, folder: string): boolean {
  const relative = posix.relative(folder, path)
  return relative !== '..' && !relative.startsWith('../')
}
