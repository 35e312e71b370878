/** Taking over what earlier helpers have left: running containers, ends that nobody has put on record, and restarts that are due. */

import { isFrozen } from '../../container/cgroup/freezer.ts'
import { killCgroup } from '../../container/cgroup/kill.ts'
import { oomKills } from '../../container/cgroup/oom.ts'
import { removeCgroup } from '../../container/cgroup/remove.ts'
import type { EngineContext } from '../context.ts'
import { healthAtStart, takeOverHealth } from '../health/health.ts'
import { adoptNetworks } from '../networks/adopt-networks.ts'
import { takeOverVolumes } from '../volumes/volume-use.ts'
import { cgroupOf } from './cgroup-of.ts'
import { Container } from './container.ts'
import { ENDED } from './ended.ts'
import { decideRestart, recordExit, watchExit } from './exit-container.ts'
import { readStatus } from './exit-record.ts'
import { removeContainer } from './remove-container.ts'
import { adopt } from './running.ts'
import { save, startContainer } from './start-container.ts'

/** Brings the records of the database to life. */
export async function adoptContainers(context: EngineContext): Promise<void> {
  const containers = context.records.list().map((record) => new Container(record, context.folders))
  for (const container of containers) context.registry.add(container)
  const ended = containers.filter((container) => !takeOver(context, container))
  context.mountedVolumes.settle()
  await adoptNetworks(context)
  for (const container of ended) await settle(context, container)
}

/** True when the container runs. What the keeper wrote counts, not the row: the helper may have ended between the two. */
function takeOver(context: EngineContext, container: Container): boolean {
  const { start, exit } = readStatus(container.folders.status)
  if (start === undefined || exit !== undefined) return false
  const running = adopt({
    pid: start.pid,
    keeper: start.keeper,
    startedAt: start.startedAt,
    status: container.folders.status,
    terminal: container.terminal,
    openStdin: container.record.config.OpenStdin === true,
  })
  if (running === undefined) return false
  container.runs(running)
  takeOverVolumes(context, container)
  container.paused = isFrozen(cgroupOf(context, container))
  const { state } = container.record
  if (state.startedAt !== start.startedAt || state.status !== 'running') {
    const health = healthAtStart(container.record)
    save(context, container, { status: 'running', startedAt: start.startedAt, exitCode: 0, error: '', oomKilled: false, ...health })
  }
  watchExit(context, container, running)
  takeOverHealth(context, container)
  return true
}

async function settle(context: EngineContext, container: Container): Promise<void> {
  const cgroup = cgroupOf(context, container)
  const { start, exit } = readStatus(container.folders.status)
  const unrecorded =
    container.record.state.status === 'running' || (start !== undefined && start.startedAt > container.record.state.startedAt)
  const oomKilled = oomKills(cgroup) > 0
  await killCgroup(cgroup)
  await removeCgroup(cgroup)
  if (unrecorded) {
    if (start !== undefined) save(context, container, { startedAt: start.startedAt })
    recordExit(context, container, {
      exit: exit ?? { code: 255, finishedAt: new Date().toISOString() },
      oomKilled,
      known: exit !== undefined,
    })
  }
  container.ended.abort(ENDED)
  container.runEnded.abort(ENDED)
  if (unrecorded && container.hostConfig.AutoRemove === true) {
    await removeContainer(context, container, { force: true, volumes: true })
    return
  }
  await restart(context, container, { unrecorded })
}

/** As dockerd at its start: `always` whatever was before, `unless-stopped` unless the user stopped it, `on-failure` after a failure just seen. */
async function restart(context: EngineContext, container: Container, { unrecorded }: { unrecorded: boolean }): Promise<void> {
  const policy = container.hostConfig.RestartPolicy?.Name ?? ''
  const { state } = container.record
  if (state.status === 'created') return
  if (policy === 'always' || (policy === 'unless-stopped' && !state.stoppedByUser)) {
    await startContainer(context, container).catch(context.report)
  } else if (unrecorded) decideRestart(context, container)
}
