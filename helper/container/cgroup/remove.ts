/** Removing a container's groups. */
import { rmdirSync } from 'node:fs'
import { PockerError } from '../../api/errors.ts'
import { type Cgroup, cgroupFolders } from './cgroup.ts'
import { errorCode, isGone } from './control-file.ts'
import { groupsBelow } from './processes.ts'
import { pollUntil } from './wait.ts'

/** A process that has just ended leaves its group a moment after its parent has heard of it. */
const TIMEOUT = 2000

/**
 * Removes the container's groups in all hierarchies, and those that were made below them. Nothing to remove is fine.
 * Errors: Conflict `cgroup-busy` when processes are still in them.
 */
export async function removeCgroup(cgroup: Cgroup): Promise<void> {
  for (const folder of cgroupFolders(cgroup)) {
    if (tryRemove(folder)) continue
    const removed = await pollUntil(() => [folder, ...groupsBelow(folder)].reverse().every(tryRemove), TIMEOUT)
    if (!removed) throw new PockerError('Conflict', `remove control group "${folder}": processes are still in it`, { code: 'cgroup-busy' })
  }
}

// The control files need no removing, and children and processes alike answer EBUSY: one call is enough for the usual case.
function tryRemove(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    if (isGone(error)) return true
    if (errorCode(error) === 'EBUSY' || errorCode(error) === 'ENOTEMPTY') return false
    throw error
  }
}
