/** Which namespaces a container gets of its own, and which it shares. */
import { linux } from '../../linux/constants.ts'
import type { NamespaceType, Spec } from '../oci.ts'

export const CLONE_FLAG: Readonly<Record<NamespaceType, number>> = {
  mount: linux.CLONE_NEWNS,
  pid: linux.CLONE_NEWPID,
  uts: linux.CLONE_NEWUTS,
  ipc: linux.CLONE_NEWIPC,
  network: linux.CLONE_NEWNET,
  cgroup: linux.CLONE_NEWCGROUP,
}

/** Whether the container gets a new namespace of this type. */
export function isOwn(spec: Spec, type: NamespaceType): boolean {
  return spec.linux.namespaces.some((namespace) => namespace.type === type && namespace.container === undefined)
}

/** The container whose namespace of this type is joined. */
export function sharedWith(spec: Spec, type: NamespaceType): string | undefined {
  return spec.linux.namespaces.find((namespace) => namespace.type === type)?.container
}

const CLONED = ['mount', 'pid', 'uts', 'ipc', 'network'] as const

/** The namespaces that clone3 makes: all but the cgroup one, whose root is where the process is when it is made. */
export function cloneNamespaces(spec: Spec, context: { readonly network?: number | undefined }): number {
  const made = context.network === undefined ? CLONED : CLONED.filter((type) => type !== 'network')
  return made.filter((type) => isOwn(spec, type)).reduce((sum, type) => sum + CLONE_FLAG[type], 0)
}
