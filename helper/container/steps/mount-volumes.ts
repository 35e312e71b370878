import { flags } from '../../linux/constants.ts'
import type { Cell } from '../../linux/program.ts'
import type { Plan } from '../launch/plan.ts'
import type { Mount, Spec } from '../oci.ts'
import type { BindSources } from './create-mount-namespace.ts'
import { bindAttributes, mountFlags } from './mount-options.ts'

/** Whether a bind mount's source is a folder; the engine has looked, since only it may touch the host's paths before the launch. */
export type IsFolder = (mount: Mount) => boolean

export type OwnerMaps = ReadonlyMap<Mount, number>

/** What the user asked to see in the container: host folders and files, volumes, memory, in the order of their paths. */
export function mountVolumes(
  plan: Plan,
  spec: Spec,
  root: Cell,
  binds: { sources: BindSources; isFolder: IsFolder; ownerMaps: OwnerMaps | undefined },
): void {
  plan.step('mountVolumes')
  for (const mount of spec.mounts) {
    const source = binds.sources.get(mount)
    if (source !== undefined) {
      if (mount.options.includes('idmap')) swapOwners(plan, source, binds.ownerMaps === undefined ? -1 : binds.ownerMaps.get(mount))
      moveBind(plan, root, { mount, source, folder: binds.isFolder(mount) })
    } else if (mount.type === 'tmpfs' && mount.destination !== '/tmp' && !isDevice(mount.destination)) mountTmpfs(plan, root, mount)
  }
}

/** While the copy is still detached, as the kernel wants it; of the mounts below the source, none, as their file systems may not be able to. */
function swapOwners(plan: Plan, source: Cell, namespace: number | undefined): void {
  if (namespace === undefined) return
  plan.step('swapOwners')
  plan.setMount(source, { set: flags('MOUNT_ATTR_IDMAP'), userNamespace: namespace, recursive: false })
  plan.step('mountVolumes')
}

/** Whether createDevFolder takes care of this path. */
export function isDevice(path: string): boolean {
  return path === '/dev' || path.startsWith('/dev/')
}

/** A tmpfs at a path of the image's, which is made when it is missing. */
export function mountTmpfs(plan: Plan, root: Cell, mount: Mount): void {
  const { how, data } = mountFlags(mount.options)
  plan.enter(plan.makeFolder(root, mount.destination))
  plan.mountHere('tmpfs', mount.source, how, data)
}

/** Puts a detached copy in its place. The attributes are set while the mount is still detached, so that it is never seen writable, and never reached by a path. */
export function moveBind(plan: Plan, root: Cell, bind: { mount: Mount; source: Cell; folder: boolean }): void {
  const { set, propagation } = bindAttributes(bind.mount.options)
  const target = bind.folder ? plan.makeFolder(root, bind.mount.destination) : plan.makeFile(root, bind.mount.destination)
  plan.setMount(bind.source, { set: flags(), propagation, recursive: true })
  // `rro` beside `ro`: the mounts below the source as well.
  if (set.value !== 0) plan.setMount(bind.source, { set, recursive: bind.mount.options.includes('rro') })
  plan.moveMount(bind.source, target)
}
