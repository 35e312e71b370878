import { flags, linux } from '../../linux/constants.ts'
import type { Cell } from '../../linux/program.ts'
import type { Plan } from '../launch/plan.ts'
import type { Mount, Spec } from '../oci.ts'
import type { SharedContainers } from './join-namespaces.ts'

/** Detached copies of the host folders and files that the container will see, by their place in `spec.mounts`. */
export type BindSources = ReadonlyMap<Mount, Cell>

/**
 * Takes the sources of bind mounts, then cuts this mount namespace, a copy of the host's since clone3, off from the host:
 * nothing mounted here is seen there. The sources are taken first, while a shared one still belongs to its peer group,
 * so that `rshared` and `rslave` mean what they say.
 */
export function createMountNamespace(plan: Plan, spec: Spec, shared: SharedContainers): BindSources {
  plan.step('createMountNamespace')
  plan.call('umask', [0])
  const sources = new Map<Mount, Cell>()
  for (const mount of spec.mounts) {
    if (mount.type !== 'bind') continue
    const owner = mount.container === undefined ? undefined : shared.get(mount.container)
    sources.set(mount, owner === undefined ? cloneFromHost(plan, mount) : cloneFromContainer(plan, owner, mount))
  }
  plan.call('mount', ['', '/', '', flags('MS_REC', 'MS_SLAVE'), 0])
  return sources
}

function cloneFromHost(plan: Plan, { source, subpath, options }: Mount): Cell {
  const recursive = options.includes('rbind')
  if (subpath === undefined) return plan.cloneMount(linux.AT_FDCWD, source, { recursive })
  // Another container may swap any part of the path for a link meanwhile (CVE-2021-30465): what was found is held, and never looked up again.
  const folder = plan.open(source, flags('O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'), source)
  const found = plan.openBeneath(folder, subpath, flags('O_PATH', 'O_CLOEXEC'))
  const tree = plan.cloneMount(found, '', { recursive })
  plan.close(found)
  plan.close(folder)
  return tree
}

/** Into the container's mount namespace and back: a mount can be copied only from inside its own. */
function cloneFromContainer(plan: Plan, container: number, mount: Mount): Cell {
  const root = plan.open('/', flags('O_PATH', 'O_DIRECTORY', 'O_CLOEXEC'), 'root')
  const home = plan.open('/proc/self/ns/mnt', flags('O_CLOEXEC'), 'own mount namespace')
  plan.call('setns', [container, flags('CLONE_NEWNS')])
  const source = plan.cloneMount(linux.AT_FDCWD, mount.source, { recursive: false })
  plan.call('setns', [home.value, flags('CLONE_NEWNS')])
  // Coming home lands at the root of the namespace, which need not be the helper's.
  plan.enter(root)
  plan.call('chroot', ['.'])
  plan.close(home)
  plan.close(root)
  return source
}
