import { flags } from '../../linux/constants.ts'
import type { Cell } from '../../linux/program.ts'
import type { Plan } from '../launch/plan.ts'
import type { Root } from '../oci.ts'

/**
 * The container's folder becomes `/`. pivot_root with both names "." puts the old root under the new one, from where it is
 * unmounted at once: afterwards no path leads to the host's files.
 */
export function changeRoot(plan: Plan, { readonly }: Pick<Root, 'readonly'>, root: Cell): void {
  plan.step('changeRoot')
  if (readonly) plan.setMount(root, { set: flags('MOUNT_ATTR_RDONLY'), recursive: false })
  plan.enter(root)
  plan.call('pivot_root', ['.', '.'])
  plan.call('umount2', ['.', flags('MNT_DETACH')])
  plan.call('chdir', ['/'])
}
