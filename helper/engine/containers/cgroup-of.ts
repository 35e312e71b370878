import { type Cgroup, cgroupAt } from '../../container/cgroup/cgroup.ts'
import { cleanPath } from '../../container/spec/container-path.ts'
import type { EngineContext } from '../context.ts'
import type { Container } from './container.ts'

/** The container's control groups. */
export function cgroupOf(context: EngineContext, container: Container): Cgroup {
  const asked = container.hostConfig.CgroupParent ?? ''
  const parent = asked === '' ? '/pocker' : cleanPath(asked)
  return cgroupAt(context.cgroups, parent === '/' ? `/${container.id}` : `${parent}/${container.id}`)
}
