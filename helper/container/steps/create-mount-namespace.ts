import { flags, linux } from '../../linux/constants.ts'
import type { Cell } from '../../linux/program.ts'
import type { Plan } from '../launch/plan.ts'
import type { Mount, Spec } from '../oci.ts'

/** Detached copies of the host folders and files that the container will see, by their place in `spec.mounts`. */
export type BindSources = ReadonlyMap<Mount, Cell>

/**
 * Takes the sources of bind mounts, then cuts this mount namespace, a copy of the host's since clone3, off from the host:
 * nothing mounted here is seen there. The sources are taken first, while a shared one still belongs to its peer group,
 * so that `rshared` and `rslave` mean what they say.
 */
export function createMountNamespace(plan: Plan, spec: Spec): BindSources {
  plan.step('createMountNamespace')
  plan.call('umask', [0])
  const sources = new Map<Mount, Cell>()
  for (const mount of spec.mounts) {
    if (mount.type !== 'bind') continue
    sources.set(mount, plan.cloneMount(linux.AT_FDCWD, mount.source, { recursive: mount.options.includes('rbind') }))
  }
  plan.call('mount', ['', '/', '', flags('MS_REC', 'MS_SLAVE'), 0])
  return sources
}
