import type { HostConfig } from '../../api/host-config.ts'
import { networkSharing, utsSharing } from './namespaces.ts'
import { invalid } from './refuse.ts'

/** The kernel's limit (__NEW_UTS_LEN). */
const LIMIT = 64

export interface HostnameInput {
  readonly config: HostConfig
  /** The request's Hostname, may be empty. */
  readonly asked: string
  readonly id: string
  readonly host: { readonly hostname: string }
}

/** The container's hostname: as asked, or the host's where the network or UTS namespace is the host's, or the ID's first 12 digits. */
export function chooseHostname({ config, asked, id, host }: HostnameInput): string {
  if (asked !== '') return asked
  const shared = networkSharing(config).with === 'host' || utsSharing(config).with === 'host'
  return shared ? host.hostname : id.slice(0, 12)
}

/** Errors: `bad-hostname`. */
export function checkHostname(name: string): void {
  if (name.length <= LIMIT && /^([a-zA-Z0-9_]([a-zA-Z0-9_.-]*[a-zA-Z0-9_])?)?$/.test(name)) return
  throw invalid('bad-hostname', `use hostname '${name}': it must be up to ${LIMIT} letters, digits, dots and hyphens`)
}
