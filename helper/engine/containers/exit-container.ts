/** A container's end: what is put on record, given back and told, and whether it is started again. */

import type { Cgroup } from '../../container/cgroup/cgroup.ts'
import { killCgroup } from '../../container/cgroup/kill.ts'
import { oomKills } from '../../container/cgroup/oom.ts'
import { removeCgroup } from '../../container/cgroup/remove.ts'
import { pidSharing } from '../../container/spec/namespaces.ts'
import type { EngineContext } from '../context.ts'
import { endHealth } from '../health/health.ts'
import { leaveNetworks } from '../networks/join-networks.ts'
import { releaseVolumes } from '../volumes/volume-use.ts'
import { cgroupOf } from './cgroup-of.ts'
import type { Container } from './container.ts'
import { tell } from './container-events.ts'
import { ENDED } from './ended.ts'
import type { Exit } from './exit-record.ts'
import { withLife } from './lives.ts'
import { removeContainer } from './remove-container.ts'
import { restartDelay } from './restart-policy.ts'
import type { Running } from './running.ts'
import { save, startContainer } from './start-container.ts'

/** SIGKILL is 9: the code of a container whose end nobody has recorded is Docker's 255. */
const UNKNOWN: Exit = { code: 255, finishedAt: '' }

/** Waits for the end of a run and does what is due then. */
export function watchExit(context: EngineContext, container: Container, running: Running): void {
  running.exited.then((exit) => finishRun(context, container, { running, exit })).catch(context.report)
}

async function finishRun(context: EngineContext, container: Container, run: { running: Running; exit: Exit | undefined }): Promise<void> {
  const { running, exit = { ...UNKNOWN, finishedAt: new Date().toISOString() } } = run
  const cgroup = cgroupOf(context, container)
  const oomKilled = oomKills(cgroup) > 0
  // Without a pid namespace of its own the others do not die with the first process; nor do they when the keeper was killed.
  if (run.exit === undefined || pidSharing(container.hostConfig).with !== 'nobody') await killCgroup(cgroup)
  running.close()
  container.running = undefined
  container.paused = false
  releaseVolumes(context, container)
  // What served its files still has its mounts.
  context.files.end(container.id).catch(context.report)
  recordExit(context, container, { exit, oomKilled, known: run.exit !== undefined })
  leaveNetworks(context, container)
  container.runEnded.abort(ENDED)
  if (container.restarting !== 'now') decideRestart(context, container)
  if (container.restarting === undefined) container.ended.abort(ENDED)
  const tidied = tidy(context, cgroup)
  container.tidied = tidied
  container.waiters.exited({ StatusCode: exit.code })
  await tidied
  if (container.restarting === undefined && container.hostConfig.AutoRemove === true && !container.removing) {
    await container.lock.run(() => removeContainer(context, container, { force: true, volumes: true }))
  }
}

/** Removes a run's groups, after those who wait for its end have been answered (0.4 ms). */
async function tidy(context: EngineContext, cgroup: Cgroup): Promise<void> {
  await new Promise(setImmediate)
  await removeCgroup(cgroup).catch(context.report)
}

/** Puts an exit on record and tells of it. */
export function recordExit(context: EngineContext, container: Container, end: { exit: Exit; oomKilled: boolean; known: boolean }): void {
  const { exit, oomKilled } = end
  endHealth(container)
  const state = {
    exitCode: exit.code,
    finishedAt: exit.finishedAt,
    oomKilled,
    error: end.known ? '' : 'its keeper was killed, so its exit code is not known',
    stoppedByUser: container.stopping,
  }
  container.record = withLife(container.record, state)
  save(context, container, { status: 'exited', ...state })
  if (oomKilled) tell(context, container, 'oom')
  const started = Date.parse(container.record.state.startedAt)
  const seconds = Number.isNaN(started) ? 0 : Math.max(0, Math.round((Date.parse(exit.finishedAt) - started) / 1000))
  tell(context, container, 'die', { exitCode: String(exit.code), execDuration: String(seconds) })
}

/** Plans the restart that the container's policy asks for, if any. */
export function decideRestart(context: EngineContext, container: Container): void {
  const delay = container.removing || container.stopping ? undefined : restartDelay(container)
  if (delay === undefined) return
  container.restarting = setTimeout(() => {
    container.lock.run(() => restartByPolicy(context, container)).catch(context.report)
  }, delay)
}

/** Ends what waits for a container whose last restart has failed. */
function giveUp(container: Container): void {
  container.ended.abort(ENDED)
  container.waiters.exited({ StatusCode: container.record.state.exitCode })
}

async function restartByPolicy(context: EngineContext, container: Container): Promise<void> {
  if (container.restarting === undefined || container.running !== undefined) return
  container.restarting = 'now' // until it runs it is not one that has ended
  container.restarts++
  container.record = { ...container.record, restartCount: container.record.restartCount + 1 }
  try {
    await startContainer(context, container)
  } catch (error) {
    // The failure is on record; a policy tries again as after an exit, unless that exit did already.
    if (container.restarting === 'now') container.restarting = undefined
    if (container.restarting === undefined) decideRestart(context, container)
    if (container.restarting === undefined) giveUp(container)
    context.report(error)
  }
}
