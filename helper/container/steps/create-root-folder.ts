import { flags } from '../../linux/constants.ts'
import type { Cell } from '../../linux/program.ts'
import type { Plan } from '../launch/plan.ts'
import type { Spec } from '../oci.ts'

/**
 * Lays the container's own folder over the image's layers. Every container uses the same mount point, an empty folder of
 * the helper's: each sees only its own mount there, and the host sees none.
 */
export function createRootFolder(plan: Plan, spec: Spec, mountPoint: string): Cell {
  plan.step('createRootFolder')
  plan.call('mount', ['overlay', mountPoint, 'overlay', 0, overlayOptions(spec)])
  return plan.open(mountPoint, flags('O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'), 'root')
}

function overlayOptions(spec: Spec): string {
  const { layers, upper, work } = spec.root
  const options = [`lowerdir=${layers.map(escapeLayer).join(':')}`, `upperdir=${escapeFolder(upper)}`, `workdir=${escapeFolder(work)}`]
  // Without it, unmounting at the container's end writes the whole filesystem's dirty pages to the disk first; nothing of a
  // container that is removed at its end has to survive a power cut.
  if (spec.root.volatile) options.push('volatile')
  return options.join(',')
}

/** Overlayfs takes a colon as the next layer and a comma as the next option. */
function escapeLayer(folder: string): string {
  return escapeFolder(folder).replaceAll(':', '\\:')
}

function escapeFolder(folder: string): string {
  return folder.replaceAll('\\', '\\\\').replaceAll(',', '\\,')
}
