import type { ContainerUpdate } from '../../api/container.ts'
import { PockerError } from '../../api/errors.ts'
import type { HostConfig } from '../../api/host-config.ts'
import { checkLimits } from '../../container/cgroup/limits.ts'
import { mergeLimits } from '../../container/cgroup/merge-limits.ts'
import { updateCgroup } from '../../container/cgroup/update.ts'
import { checkRestartPolicy, restarts } from '../../container/spec/restart-policy.ts'
import type { EngineContext } from '../context.ts'
import { cgroupOf } from './cgroup-of.ts'
import type { Container } from './container.ts'
import { tell } from './container-events.ts'
import { limitContext } from './create-container.ts'

/** Changes limits and restart policy, of a running container at once. Call it under its lock. Errors: InvalidParameter, Conflict. */
export function updateContainer(context: EngineContext, container: Container, update: ContainerUpdate): { Warnings: string[] } {
  const { RestartPolicy: policy, ...limits } = update
  const current = container.hostConfig
  if (policy !== undefined) {
    checkRestartPolicy(policy)
    if (current.AutoRemove === true && restarts(policy)) {
      throw new PockerError('InvalidParameter', 'update container: a container that is removed at its end cannot have a restart policy', {
        code: 'auto-remove-conflict',
      })
    }
  }
  const checked = checkLimits(mergeLimits(current, limits), limitContext(context, 'update'))
  if (container.running !== undefined) {
    updateCgroup(cgroupOf(context, container), { resources: checked.resources, blockWeight: context.features.blockWeight })
  }
  const changed = Object.fromEntries(
    Object.entries(checked.limits).filter(([, value]) => value !== undefined && value !== null),
  ) as HostConfig
  const HostConfig: HostConfig = { ...current, ...changed, ...(policy === undefined ? {} : { RestartPolicy: policy }) }
  container.record = { ...container.record, request: { ...container.record.request, HostConfig } }
  context.records.put(container.record)
  tell(context, container, 'update')
  return { Warnings: [...checked.warnings] }
}
