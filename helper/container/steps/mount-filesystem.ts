import { flags } from '../../linux/constants.ts'
import type { Cell } from '../../linux/program.ts'
import type { Plan } from '../launch/plan.ts'
import type { Mount } from '../oci.ts'
import { mountFlags } from './mount-options.ts'

/**
 * Mounts one of the kernel's filesystems at its place in the root and gives a descriptor of the mounted folder.
 * The place must be an ordinary folder (CVE-2019-19921): a link there would lead the mount elsewhere.
 */
export function mountFilesystem(plan: Plan, root: Cell, mount: Mount): Cell {
  const { how, data } = mountFlags(mount.options)
  const path = mount.destination.slice(1)
  const folder = flags('O_PATH', 'O_DIRECTORY', 'O_CLOEXEC')
  plan.attempt('mkdirat', [root.value, path, 0o755])
  plan.enter(plan.openBeneath(root, path, folder, { ordinary: true }))
  plan.mountHere(mount.type, mount.source, how, data)
  return plan.openBeneath(root, path, folder, { ordinary: true })
}
