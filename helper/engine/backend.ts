/** The engine behind the API: each request finds its container and goes to the part that does it. */

import { PockerError } from '../api/errors.ts'
import { cgroupProcesses } from '../container/cgroup/processes.ts'
import { describePlan } from '../container/launch/describe.ts'
import { checkName } from '../container/spec/validate.ts'
import type { Backend, ContainerBackend, ExecBackend } from '../http/backend.ts'
import { attachContainer, readLog } from './containers/attach-container.ts'
import { cgroupOf } from './containers/cgroup-of.ts'
import type { Container } from './containers/container.ts'
import { tell } from './containers/container-events.ts'
import { createContainer, draftContainer, nameInUse } from './containers/create-container.ts'
import { inspect, summarize } from './containers/describe-container.ts'
import { filterContainers } from './containers/filter-containers.ts'
import { pastBackend } from './containers/past.ts'
import { removeContainer } from './containers/remove-container.ts'
import { restartContainer } from './containers/restart-container.ts'
import { prepareStart, startContainer } from './containers/start-container.ts'
import { sampleStats } from './containers/stats.ts'
import { killContainer, pauseContainer, requireRunning, stopContainer, unpauseContainer } from './containers/stop-container.ts'
import { top } from './containers/top.ts'
import { traceOf } from './containers/traces.ts'
import { updateContainer } from './containers/update-container.ts'
import { waitForContainer } from './containers/wait-container.ts'
import type { EngineContext } from './context.ts'
import { createExec, inspectExec, resizeExec } from './exec/exec.ts'
import { hangUpExec } from './exec/hang-up-exec.ts'
import { reattachExec } from './exec/reattach-exec.ts'
import { startExec } from './exec/start-exec.ts'
import { archiveBackend } from './files/archives.ts'
import { folderSize, listChanges } from './files/changes.ts'
import { fileBackend } from './files/files.ts'
import { imageBackend } from './image-backend.ts'
import { networkBackend } from './networks/network-backend.ts'
import { dataUsage, systemInfo, systemVersion } from './system.ts'
import { volumeBackend } from './volumes/volume-backend.ts'

/** The engine as the HTTP layer wants it. */
export function createBackend(context: EngineContext): Omit<Backend, 'helper'> {
  return {
    containers: containerBackend(context),
    exec: execBackend(context),
    past: pastBackend(context),
    images: imageBackend(context),
    networks: networkBackend(context),
    archives: archiveBackend(context),
    files: fileBackend(context),
    volumes: volumeBackend(context),
    system: {
      version: () => systemVersion(context),
      info: () => systemInfo(context),
      dataUsage: () => dataUsage(context),
      events: (options) => context.events.subscribe(options),
    },
    plans: {
      explain: async (request) => {
        const { record } = draftContainer(context, request, undefined)
        const { spec, options } = prepareStart(context, record)
        const steps = describePlan(context.launcher.plan(spec, options).plan)
        return steps.flatMap(({ step, part, calls }) => calls.map(({ call, text }) => ({ step, part, call, text })))
      },
      trace: async (id) => traceOf(context.traces.find(id) ?? context.registry.find(id).trace),
    },
  }
}

function containerBackend(context: EngineContext): ContainerBackend {
  const find = (id: string) => context.registry.find(id)
  /** One after the other for each container. */
  const locked = <T>(id: string, action: (container: Container) => Promise<T>) => {
    const container = find(id)
    return container.lock.run(() => action(container))
  }
  return {
    create: (request, name) => createContainer(context, request, name),
    list: async ({ all, limit, size, filters }) => {
      const everyone = context.registry.all()
      const shown =
        all || limit !== undefined || filters.has('status') || filters.has('exited')
          ? everyone
          : everyone.filter(({ running }) => running !== undefined)
      const matching = filterContainers(shown, filters, context)
      return Promise.all(matching.slice(0, limit).map((container) => summarize(context.networks, container, { size })))
    },
    inspect: async (id, size) => inspect(context.networks, find(id), { size }),
    start: async (id) => {
      await locked(id, (container) => {
        container.restarts = 0
        return startContainer(context, container)
      })
    },
    stop: (id, options) => locked(id, (container) => stopContainer(context, container, options)),
    restart: (id, options) => locked(id, (container) => restartContainer(context, container, options)),
    // Without the lock: a stop that waits for its time to pass can be cut short.
    kill: async (id, signal) => killContainer(context, find(id), signal),
    wait: async (id, condition, signal) => ({ done: waitForContainer(find(id), condition, signal) }),
    rename: (id, name) => locked(id, async (container) => rename(context, container, name)),
    pause: (id) => locked(id, (container) => pauseContainer(context, container)),
    unpause: (id) => locked(id, (container) => unpauseContainer(context, container)),
    update: (id, update) => locked(id, async (container) => updateContainer(context, container, update)),
    resize: async (id, size) => {
      const container = find(id)
      requireRunning(container, 'resize').resize(size)
      tell(context, container, 'resize', { height: String(size.height), width: String(size.width) })
    },
    attach: async (id, options) => attachContainer(context, find(id), options),
    logs: async (id, options) => readLog(find(id), options),
    top: async (id, psArguments) => {
      const container = find(id)
      requireRunning(container, 'list processes of')
      return top(cgroupProcesses(cgroupOf(context, container)), psArguments)
    },
    stats: async (id, options) => sampleStats(context, find(id), options),
    changes: async (id) => {
      const container = find(id)
      return listChanges({ upper: container.folders.upper, layers: container.record.image.layers })
    },
    prune: async (filters) => prune(context, filters),
    remove: (id, options) => locked(id, (container) => removeContainer(context, container, options)),
  }
}

/** Errors: InvalidParameter `bad-container-name`, Conflict `name-in-use`. */
function rename(context: EngineContext, container: Container, asked: string): void {
  const name = asked.replace(/^\//, '')
  checkName(name)
  const { name: old } = container.record
  if (name === old) throw new PockerError('InvalidParameter', `rename container ${old}: it has that name already`, { code: 'same-name' })
  if (context.registry.hasName(name)) throw nameInUse(context, name)
  const record = { ...container.record, name }
  context.records.put(record)
  container.record = record
  context.registry.renamed(container, old)
  tell(context, container, 'rename', { oldName: `/${old}` })
}

async function prune(context: EngineContext, filters: Parameters<ContainerBackend['prune']>[0]): ReturnType<ContainerBackend['prune']> {
  const stopped = context.registry.all().filter(({ status }) => status === 'created' || status === 'exited' || status === 'dead')
  const ContainersDeleted: string[] = []
  let SpaceReclaimed = 0
  for (const container of filterContainers(stopped, filters, context)) {
    const { bytes } = await folderSize(container.folders.upper)
    await container.lock.run(() => removeContainer(context, container, { force: false, volumes: false }))
    ContainersDeleted.push(container.id)
    SpaceReclaimed += bytes
  }
  return { ContainersDeleted, SpaceReclaimed }
}

function execBackend(context: EngineContext): ExecBackend {
  return {
    create: async (containerId, request) => createExec(context, context.registry.find(containerId), request),
    start: async (id, options) => startExec(context, context.execs.find(id), options),
    attach: async (id) => reattachExec(context.execs.find(id)),
    hangUp: async (id) => hangUpExec(context.execs.find(id)),
    resize: async (id, size) => resizeExec(context.execs.find(id), size),
    inspect: async (id) => inspectExec(context.execs.find(id)),
  }
}
