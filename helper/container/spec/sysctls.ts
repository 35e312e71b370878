import type { HostConfig } from '../../api/host-config.ts'
import type { Namespace } from '../oci.ts'
import { invalid } from './refuse.ts'
import { networkSysctls } from './sandbox.ts'

// One name and dots, nothing that could lead out of /proc/sys (CVE-2022-0811 used the value, others the key).
const KEY = /^[a-z][a-z0-9_]*(\.[a-zA-Z0-9_-]+)+$/
const VALUE = /^[a-zA-Z0-9 \t,.:_-]*$/

// The kernel's IPC settings that belong to the IPC namespace.
const IPC_KEYS = new Set([
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
  'kernel.shm_rmid_forced',
])

/**
 * Docker's network defaults and the request's sysctls over them. Only what a namespace of the container's own holds may be set.
 * Errors: `bad-sysctl`, `sysctl-not-allowed`.
 */
export function planSysctls(config: HostConfig, namespaces: readonly Namespace[]): Record<string, string> {
  const network = namespaces.find(({ type }) => type === 'network')
  const defaults = network !== undefined && network.container === undefined ? networkSysctls : {}
  for (const [key, value] of Object.entries(config.Sysctls ?? {})) checkSysctl(key, value, namespaces)
  return { ...defaults, ...config.Sysctls }
}

function checkSysctl(key: string, value: string, namespaces: readonly Namespace[]): void {
  if (!KEY.test(key)) throw invalid('bad-sysctl', `set sysctl '${key}': it must be a name such as net.core.somaxconn`)
  if (!VALUE.test(value)) throw invalid('bad-sysctl', `set sysctl '${key}': its value holds characters that no sysctl takes`)
  const type = namespaceOf(key)
  if (type === undefined) throw invalid('sysctl-not-allowed', `set sysctl '${key}': it is the whole host's, not the container's`)
  if (!namespaces.some((namespace) => namespace.type === type)) {
    throw invalid('sysctl-not-allowed', `set sysctl '${key}': the container shares the host's ${type} namespace, so it would be the host's`)
  }
}

function namespaceOf(key: string): 'network' | 'ipc' | undefined {
  if (key.startsWith('net.')) return 'network'
  return IPC_KEYS.has(key) || key.startsWith('fs.mqueue.') ? 'ipc' : undefined
}
