/** /etc/hosts and /etc/resolv.conf of a container in networks: written at each start, since addresses change. */
import { writeFileSync } from 'node:fs'
import { PockerError } from '../../api/errors.ts'
import { parseExtraHost } from '../../container/spec/extra-hosts.ts'
import { hostsFile } from '../../container/spec/files.ts'
import { hostResolvConf, parseResolvConf, resolvConfFile } from '../../container/spec/resolv-conf.ts'
import { NAME_SERVER } from '../../network/dns/name-server.ts'
import type { Container } from '../containers/container.ts'
import type { EngineContext } from '../context.ts'
import { gatewayOf } from './gateway-of.ts'
import { readText } from './host-files.ts'
import { addressesOf, joinedNetworks } from './names-of.ts'
import { DEFAULT_NETWORK } from './networks.ts'

const HOST_NAME = 'host.docker.internal'

/** Writes both, in place: the container has the files themselves mounted. Errors: Conflict `linked-container-not-running`. */
export function writeNetworkFiles(context: EngineContext, container: Container): void {
  const { record, folders, hostConfig } = container
  const extra = hostConfig.ExtraHosts ?? []
  const [gateway] = gatewayOf(context, container)?.addresses ?? []
  const isNamed = extra.some((text) => parseExtraHost(text).name === HOST_NAME)
  const hosts = hostsFile({
    hostname: record.hostname,
    domainname: record.request.Domainname ?? '',
    extraHosts: [...extra, ...(isNamed || gateway === undefined ? [] : [`${HOST_NAME}:host-gateway`]), ...linkedHosts(context, container)],
    addresses: (record.endpoints ?? []).flatMap(({ lease }) => (lease === undefined ? [] : addressesOf(lease))),
    ...(gateway === undefined ? {} : { gateway }),
  })
  writePublic(folders.hosts, hosts)
  writePublic(folders.resolvConf, resolvConf(context, container))
}

/** Whether the container asks its own name server, and not those of the host or of its request. */
export function asksOwnServer(context: EngineContext, container: Container): boolean {
  const networks = joinedNetworks(context, container)
  if (networks.some(({ network }) => network.name !== DEFAULT_NETWORK)) return true
  if (networks.length === 0 || (container.hostConfig.Dns ?? []).length > 0) return false
  // A host whose only servers listen on its loopback: ours asks them from there.
  return reachableServers().length === 0
}

function reachableServers(): readonly string[] {
  return parseResolvConf(hostResolvConf(readText)).servers.filter((address) => !address.startsWith('127.') && address !== '::1')
}

function resolvConf(context: EngineContext, container: Container): string {
  const { Dns = [], DnsSearch = [], DnsOptions = [] } = container.hostConfig
  const request = { servers: Dns, search: DnsSearch, options: DnsOptions }
  if (!asksOwnServer(context, container)) return resolvConfFile(hostResolvConf(readText), request, 'own')
  const options = DnsOptions.length > 0 ? DnsOptions : parseResolvConf(hostResolvConf(readText)).options
  // Names of containers have no dots, and are not to be tried under the search domains first.
  const dots = options.some((option) => option.startsWith('ndots:')) ? [] : ['ndots:0']
  return resolvConfFile(hostResolvConf(readText), { ...request, servers: [NAME_SERVER], options: [...options, ...dots] }, 'own')
}

/** `--link` on the default network: the other's address under the alias, for the length of this run. */
function linkedHosts(context: EngineContext, container: Container): string[] {
  const [main] = joinedNetworks(context, container)
  if (main?.network.name !== DEFAULT_NETWORK) return []
  return (container.hostConfig.Links ?? []).flatMap((link) => {
    const [name = '', alias = name] = link.split(':')
    const other = context.registry.find(name)
    const lease = other.record.endpoints?.find(({ network }) => network === main.network.id)?.lease
    if (other.joined === undefined || lease?.ipv4 === undefined) {
      throw new PockerError(
        'Conflict',
        `Cannot link to a non running container: /${other.record.name} AS /${container.record.name}/${alias}`,
        {
          code: 'linked-container-not-running',
        },
      )
    }
    return [...new Set([alias, other.record.name, other.id.slice(0, 12)])].map((word) => `${word}:${lease.ipv4}`)
  })
}

/** They are there since the container was made, for everybody to read. */
function writePublic(path: string, text: string): void {
  if (readText(path) !== text) writeFileSync(path, text)
}
