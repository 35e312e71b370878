import type { Ulimit } from '../../api/host-config.ts'
import type { Rlimit } from '../oci.ts'
import { invalid } from './refuse.ts'

// Docker's names (go-units): RLIMIT_AS is not among them.
const names = new Set('core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(' '))

/**
 * The limits of `--ulimit`; -1 is unlimited, a missing soft or hard limit is as the other one, of two by one name the later holds.
 * Errors: `unknown-ulimit`, `bad-ulimit`.
 */
export function planRlimits(ulimits: readonly Ulimit[]): Rlimit[] {
  const byType = new Map(ulimits.map(planRlimit).map((rlimit) => [rlimit.type, rlimit]))
  return [...byType.values()]
}

function planRlimit({ Name, Soft, Hard }: Ulimit): Rlimit {
  if (!names.has(Name)) throw invalid('unknown-ulimit', `set ulimit '${Name}': there is no such limit`)
  const soft = Soft ?? Hard ?? 0
  const hard = Hard ?? soft
  if (soft < -1 || hard < -1) throw invalid('bad-ulimit', `set ulimit '${Name}': a limit cannot be negative; -1 is unlimited`)
  if (hard !== -1 && (soft === -1 || soft > hard)) {
    throw invalid('bad-ulimit', `set ulimit '${Name}': the soft limit ${soft} must not be above the hard limit ${hard}`)
  }
  return { type: `RLIMIT_${Name.toUpperCase()}`, soft, hard }
}
