/** /etc/resolv.conf of a container. */
import { isIP } from 'node:net'
import { invalid } from './refuse.ts'

// Docker's, for hosts whose only resolver is one of their own that a container cannot reach.
const FALLBACK_SERVERS = ['8.8.8.8', '8.8.4.4']

/** systemd-resolved's stub listens on the host's loopback; the servers behind it stand in a file of its own. */
const RESOLVED_STUB = '127.0.0.53'
const RESOLVED_FILE = '/run/systemd/resolve/resolv.conf'

export interface DnsRequest {
  readonly servers: readonly string[]
  readonly search: readonly string[]
  readonly options: readonly string[]
}

export interface ResolvConf extends DnsRequest {}

/**
 * The text of the container's resolv.conf: the host's, each part replaced by the request's where it gives one.
 * In a network of its own a container cannot reach the host's loopback, so servers there are left out.
 */
export function resolvConfFile(host: string, request: DnsRequest, network: 'host' | 'own'): string {
  const inherited = parseResolvConf(host)
  const reachable = network === 'host' ? inherited.servers : inherited.servers.filter((address) => !isLoopback(address))
  const servers = request.servers.length > 0 ? request.servers : reachable.length > 0 || network === 'host' ? reachable : FALLBACK_SERVERS
  const search = request.search.length > 0 ? request.search.filter((domain) => domain !== '.') : inherited.search
  const options = request.options.length > 0 ? request.options : inherited.options
  return [
    ...servers.map((server) => `nameserver ${server}\n`),
    ...(search.length > 0 ? [`search ${search.join(' ')}\n`] : []),
    ...(options.length > 0 ? [`options ${options.join(' ')}\n`] : []),
  ].join('')
}

/** The host's resolv.conf that names servers a container can ask; `read` gives a file's text, or undefined when there is none. */
export function hostResolvConf(read: (path: string) => string | undefined): string {
  const text = read('/etc/resolv.conf') ?? ''
  const { servers } = parseResolvConf(text)
  return servers.length === 1 && servers[0] === RESOLVED_STUB ? (read(RESOLVED_FILE) ?? text) : text
}

/** What resolv.conf(5) says; the last `search` or `domain` holds, lines that are neither are passed over. */
export function parseResolvConf(text: string): ResolvConf {
  const servers: string[] = []
  const options: string[] = []
  let search: string[] = []
  for (const line of text.split('\n')) {
    const [key, ...values] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/)
    const [first] = values
    if (key === 'nameserver' && first !== undefined && isIP(first) !== 0) servers.push(first)
    if (key === 'search' || key === 'domain') search = values
    if (key === 'options') options.push(...values)
  }
  return { servers, search, options }
}

/** Errors: `bad-dns`. */
export function checkDns({ servers, search, options }: DnsRequest): void {
  for (const server of servers) if (isIP(server) === 0) throw invalid('bad-dns', `use DNS server '${server}': it is not an IP address`)
  for (const domain of search) {
    if (domain !== '.' && !/^[a-zA-Z0-9_]([a-zA-Z0-9_.-]{0,253})$/.test(domain))
      throw invalid('bad-dns', `search domain '${domain}': it is not a domain`)
  }
  for (const option of options) {
    if (!/^[a-z0-9-]+(:[0-9]+)?$/.test(option)) throw invalid('bad-dns', `use DNS option '${option}': it is not one of resolv.conf`)
  }
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}
