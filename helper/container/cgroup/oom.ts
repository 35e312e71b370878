/** Whether the kernel has killed processes of a container for want of memory. */
import { type Cgroup, controllerFolder } from './cgroup.ts'
import { tryReadControl } from './control-file.ts'

/** How many processes have been killed since the group was made; 0 when nothing counts them. To be read before the group is removed. */
export function oomKills(cgroup: Cgroup): number {
  const folder = controllerFolder(cgroup, 'memory')
  if (folder === undefined) return 0
  const file = cgroup.host.mode === 'v2' ? 'memory.events' : 'memory.oom_control'
  return Number(/^oom_kill (\d+)$/m.exec(tryReadControl(`${folder}/${file}`) ?? '')?.[1] ?? 0)
}
