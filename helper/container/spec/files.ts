/** Contents of the files that every container gets in /etc. */
import { parseExtraHost } from './extra-hosts.ts'

// Docker's lines, as most distributions have them.
const HOSTS = `127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::\tip6-localnet
ff00::\tip6-mcastprefix
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
`

export interface HostsInput {
  readonly hostname: string
  readonly domainname: string
  /** HostConfig.ExtraHosts. */
  readonly extraHosts: readonly string[]
  /** The container's own addresses in its networks. */
  readonly addresses: readonly string[]
  /** Under which the container reaches this host; absent: not at all, and `host-gateway` entries are left out. */
  readonly gateway?: string
  /** The host's own /etc/hosts, for containers in the host's network, where the host is 127.0.0.1. */
  readonly hostFile?: string
}

/**
 * /etc/hosts.
 * Errors: `bad-extra-host`.
 */
export function hostsFile({ hostname, domainname, extraHosts, addresses, gateway, hostFile }: HostsInput): string {
  const base = hostFile === undefined ? HOSTS : endWithNewline(hostFile)
  const host = gateway ?? (hostFile === undefined ? undefined : '127.0.0.1')
  const extra = extraHosts
    .map(parseExtraHost)
    .flatMap(({ name, address = host }) => (address === undefined ? [] : [`${address}\t${name}\n`]))
  const names = domainname === '' ? hostname : `${hostname}.${domainname} ${hostname}`
  const own = addresses.map((address) => `${address}\t${names}\n`)
  return [base, ...extra, ...own].join('')
}

/** /etc/hostname. */
export function hostnameFile(hostname: string): string {
  return `${hostname}\n`
}

function endWithNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
