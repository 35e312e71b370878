/** Pausing a container: all its processes stop where they are, without seeing a signal. */
import { PockerError } from '../../api/errors.ts'
import { type Cgroup, controllerFolder } from './cgroup.ts'
import { readControl, tryReadControl, writeControl } from './control-file.ts'
import { pollUntil, watchUntil } from './wait.ts'

/** A process in an uninterruptible wait (a dead network disk) cannot be frozen; nobody waits for it for ever. */
const TIMEOUT = 10_000

/**
 * Freezes all processes and resolves when each of them stands still.
 * Errors: Conflict `freeze-timeout` (everything goes on then), NotImplemented `freezer-missing`.
 */
export async function freezeCgroup(cgroup: Cgroup, options: { readonly timeout?: number } = {}): Promise<void> {
  const folder = freezerFolder(cgroup)
  const timeout = options.timeout ?? TIMEOUT
  if (await (cgroup.host.mode === 'v2' ? freezeUnified(folder, timeout) : freezeLegacy(folder, timeout))) return
  await thawCgroup(cgroup)
  throw new PockerError('Conflict', `freeze "${cgroup.path}": a process did not stop within ${timeout / 1000} s`, {
    code: 'freeze-timeout',
  })
}

/**
 * Lets all processes go on.
 * Errors: Conflict `freeze-timeout`, NotImplemented `freezer-missing`.
 */
export async function thawCgroup(cgroup: Cgroup): Promise<void> {
  const folder = freezerFolder(cgroup)
  if (cgroup.host.mode === 'v2') {
    writeControl(`${folder}/cgroup.freeze`, '0')
    return
  }
  writeControl(`${folder}/freezer.state`, 'THAWED')
  if (await pollUntil(() => readControl(`${folder}/freezer.state`) === 'THAWED', TIMEOUT)) return
  throw new PockerError('Conflict', `thaw "${cgroup.path}": it is still frozen`, { code: 'freeze-timeout' })
}

/** Whether the container is paused, or about to be. */
export function isFrozen(cgroup: Cgroup): boolean {
  const folder = controllerFolder(cgroup, 'freezer')
  if (folder === undefined) return false
  if (cgroup.host.mode === 'v2') return tryReadControl(`${folder}/cgroup.freeze`) === '1'
  return (tryReadControl(`${folder}/freezer.state`) ?? 'THAWED') !== 'THAWED'
}

function freezeUnified(folder: string, timeout: number): Promise<boolean> {
  writeControl(`${folder}/cgroup.freeze`, '1')
  const events = `${folder}/cgroup.events`
  return watchUntil(events, () => /^frozen 1$/m.test(readControl(events)), timeout)
}

function freezeLegacy(folder: string, timeout: number): Promise<boolean> {
  const state = `${folder}/freezer.state`
  // A process forked meanwhile leaves the group in FREEZING; writing again makes the kernel look at the newcomers
  // (kernel documentation, cgroup-v1/freezer-subsystem).
  return pollUntil(() => {
    writeControl(state, 'FROZEN')
    return readControl(state) === 'FROZEN'
  }, timeout)
}

function freezerFolder(cgroup: Cgroup): string {
  const folder = controllerFolder(cgroup, 'freezer')
  if (folder !== undefined) return folder
  throw new PockerError('NotImplemented', `freeze "${cgroup.path}": the container has no freezer`, { code: 'freezer-missing' })
}
