import type { HostConfig } from '../../api/host-config.ts'
import type { Namespace } from '../oci.ts'
import { invalid, notImplemented } from './refuse.ts'

/** Whose namespace the container has: its own, the host's, or another container's. */
export type Sharing = { readonly with: 'nobody' } | { readonly with: 'host' } | { readonly with: 'container'; readonly container: string }

export type NetworkSharing = Sharing | { readonly with: 'network'; readonly network: string }

/** An IPC namespace of one's own is `private`, `shareable` or `none` (and then has no /dev/shm). */
export type IpcSharing = Exclude<Sharing, { with: 'nobody' }> | { readonly with: 'nobody'; readonly mode: 'private' | 'shareable' | 'none' }

/**
 * The namespaces the container gets; a type that is missing stays the host's. A mode is read as Docker reads it,
 * `container:` with whatever name or ID stands behind it.
 * Errors: `bad-ipc-mode`, `bad-pid-mode`, `bad-uts-mode`, `userns-not-available`.
 */
export function planNamespaces(config: HostConfig): Namespace[] {
  const userns = config.UsernsMode ?? ''
  if (userns !== '' && userns !== 'host') {
    throw notImplemented('userns-not-available', `use user namespace mode '${userns}': only 'host' is there yet`)
  }
  return [
    { type: 'mount' },
    ...namespace('pid', pidSharing(config)),
    ...namespace('uts', utsSharing(config)),
    ...namespace('ipc', ipcSharing(config)),
    ...namespace('network', networkSharing(config)),
    // Private on cgroup v1 hosts too, where Docker shares the host's: the container's /sys/fs/cgroup then shows its own subtree alone.
    ...(config.CgroupnsMode === 'host' ? [] : [{ type: 'cgroup' } as const]),
  ]
}

/** NetworkMode. A name that is no mode is a network's. */
export function networkSharing(config: HostConfig): NetworkSharing {
  const mode = config.NetworkMode ?? ''
  switch (mode) {
    case '':
    case 'default':
    case 'bridge':
    case 'none':
      return { with: 'nobody' }
    case 'host':
      return { with: 'host' }
    default: {
      const container = otherContainer(mode)
      return container === undefined ? { with: 'network', network: mode } : { with: 'container', container }
    }
  }
}

/** Errors: `bad-ipc-mode`. */
export function ipcSharing(config: HostConfig): IpcSharing {
  const mode = config.IpcMode ?? ''
  switch (mode) {
    case '':
    case 'private':
      return { with: 'nobody', mode: 'private' }
    case 'shareable':
    case 'none':
      return { with: 'nobody', mode }
    case 'host':
      return { with: 'host' }
    default: {
      const container = otherContainer(mode)
      if (container === undefined) throw invalid('bad-ipc-mode', `use IPC mode '${mode}': there is no such mode`)
      return { with: 'container', container }
    }
  }
}

/** Errors: `bad-pid-mode`. */
export function pidSharing(config: HostConfig): Sharing {
  const mode = config.PidMode ?? ''
  if (mode === '' || mode === 'private') return { with: 'nobody' }
  if (mode === 'host') return { with: 'host' }
  const container = otherContainer(mode)
  if (container === undefined) throw invalid('bad-pid-mode', `use PID mode '${mode}': there is no such mode`)
  return { with: 'container', container }
}

/** Errors: `bad-uts-mode`. */
export function utsSharing(config: HostConfig): Sharing {
  const mode = config.UTSMode ?? ''
  if (mode === '' || mode === 'private') return { with: 'nobody' }
  if (mode === 'host') return { with: 'host' }
  throw invalid('bad-uts-mode', `use UTS mode '${mode}': there is no such mode`)
}

function otherContainer(mode: string): string | undefined {
  return /^container:(.+)$/.exec(mode)?.[1]
}

function namespace(type: Namespace['type'], sharing: NetworkSharing | IpcSharing): Namespace[] {
  switch (sharing.with) {
    case 'host':
      return []
    case 'container':
      return [{ type, container: sharing.container }]
    case 'nobody':
    case 'network':
      return [{ type }]
  }
}
