import type { Cell } from '../../linux/program.ts'
import type { Plan } from '../launch/plan.ts'
import type { Spec } from '../oci.ts'
import { mountTmpfs } from './mount-volumes.ts'

/** A fresh, empty /tmp in memory, where asked for. */
export function createTempFolder(plan: Plan, spec: Spec, root: Cell): void {
  plan.step('createTempFolder')
  for (const mount of spec.mounts) {
    if (mount.type === 'tmpfs' && mount.destination === '/tmp') mountTmpfs(plan, root, mount)
  }
}
