import { flags } from '../../linux/constants.ts'
import { overlayOptions } from '../../linux/overlay-options.ts'
import type { Cell } from '../../linux/program.ts'
import type { Plan } from '../launch/plan.ts'
import type { Spec } from '../oci.ts'

/**
 * Lays the container's own folder over the image's layers. Every container uses the same mount point, an empty folder of
 * the helper's: each sees only its own mount there, and the host sees none.
 */
export function createRootFolder(plan: Plan, spec: Spec, mountPoint: string): Cell {
  plan.step('createRootFolder')
  const { folder, data } = overlayOptions(spec.root)
  if (folder !== undefined) plan.call('chdir', [folder])
  plan.call('mount', ['overlay', mountPoint, 'overlay', 0, data])
  return plan.open(mountPoint, flags('O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'), 'root')
}
