/** Killing everything in a container's groups. */
import { PockerError } from '../../api/errors.ts'
import { type Cgroup, controllerFolder } from './cgroup.ts'
import { errorCode, isGone, tryReadControl, writeControl } from './control-file.ts'
import { freezeCgroup, thawCgroup } from './freezer.ts'
import { cgroupProcesses } from './processes.ts'
import { pollUntil, watchUntil } from './wait.ts'

const TIMEOUT = 10_000
/** Long enough for a fork bomb to stand still, short enough when one process cannot. */
const FREEZE_TIMEOUT = 100

/**
 * Kills every process, paused or not, and resolves when none is left.
 * Errors: Conflict `cgroup-not-empty` when one does not die within 10 s (an uninterruptible wait).
 */
export async function killCgroup(cgroup: Cgroup): Promise<void> {
  const { host, path } = cgroup
  const unified = host.mode === 'v2' && host.unified !== undefined ? host.unified + path : undefined
  const empty = unified !== undefined && killAtOnce(unified) ? await watchEmpty(unified) : await killEach(cgroup)
  if (empty) return
  throw new PockerError('Conflict', `kill "${path}": processes ${cgroupProcesses(cgroup).join(', ')} do not end`, {
    code: 'cgroup-not-empty',
  })
}

// cgroup.kill (Linux 5.14) also catches processes that are just being forked, and frozen ones.
function killAtOnce(folder: string): boolean {
  try {
    writeControl(`${folder}/cgroup.kill`, '1')
    return true
  } catch (error) {
    if (isGone(error)) return false
    throw error
  }
}

function watchEmpty(folder: string): Promise<boolean> {
  const events = `${folder}/cgroup.events`
  return watchUntil(events, () => !/^populated 1$/m.test(tryReadControl(events) ?? ''), TIMEOUT)
}

async function killEach(cgroup: Cgroup): Promise<boolean> {
  const hasFreezer = controllerFolder(cgroup, 'freezer') !== undefined
  let round = 0
  const deadline = performance.now() + TIMEOUT
  while (performance.now() < deadline) {
    const pids = cgroupProcesses(cgroup)
    if (pids.length === 0) return true
    // Most containers end with their first process. What survives a round forks faster than it can be listed: stop it first.
    if (round > 0 && hasFreezer) await tryFreeze(cgroup)
    for (const pid of round > 0 ? cgroupProcesses(cgroup) : pids) kill(pid)
    // On v1 a frozen process dies only when it is thawed.
    if (hasFreezer) await thawCgroup(cgroup)
    await pollUntil(() => cgroupProcesses(cgroup).length === 0, round === 0 ? 100 : 500)
    round++
  }
  return cgroupProcesses(cgroup).length === 0
}

async function tryFreeze(cgroup: Cgroup): Promise<void> {
  try {
    await freezeCgroup(cgroup, { timeout: FREEZE_TIMEOUT })
  } catch (error) {
    if (!(error instanceof PockerError && error.code === 'freeze-timeout')) throw error
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error
  }
}
