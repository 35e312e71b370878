import type { CreateRequest } from '../../api/container.ts'
import type { HostConfig } from '../../api/host-config.ts'
import { parseExtraHost } from './extra-hosts.ts'
import { type NetworkSharing, networkSharing, utsSharing } from './namespaces.ts'
import { invalid } from './refuse.ts'
import { checkDns } from './resolv-conf.ts'

/**
 * What contradicts itself about the network. Returns warnings. Which networks there are is the engine's to know.
 * Errors: `conflicting-network-options`, `bad-dns`, `bad-extra-host`.
 */
export function checkNetwork(request: CreateRequest, exposedPorts: readonly string[]): string[] {
  const config = request.HostConfig ?? {}
  const sharing = networkSharing(config)
  if (sharing.with === 'container') checkSharedNetwork(request, config)
  if ((request.Hostname ?? '') !== '' && utsSharing(config).with === 'host') throw conflict('a hostname', "the host's UTS namespace")
  checkDns({ servers: config.Dns ?? [], search: config.DnsSearch ?? [], options: config.DnsOptions ?? [] })
  const hosts = (config.ExtraHosts ?? []).map(parseExtraHost)
  const unreachable = config.NetworkMode === 'none' ? hosts.filter(({ address }) => address === undefined) : []
  return [
    ...unreachable.map(({ name }) => `'${name}' has no address: the container has no network`),
    ...discardedPorts(config, sharing.with, exposedPorts),
  ]
}

function discardedPorts(config: HostConfig, sharing: NetworkSharing['with'], exposedPorts: readonly string[]): string[] {
  const published = Object.values(config.PortBindings ?? {}).some((bindings) => bindings !== null && bindings.length > 0)
  const all = config.PublishAllPorts === true && exposedPorts.length > 0
  if (!published && !all) return []
  if (sharing === 'host') return ["published ports are discarded: the container has the host's network"]
  return config.NetworkMode === 'none' ? ['published ports are discarded: the container has no network'] : []
}

function checkSharedNetwork(request: CreateRequest, config: HostConfig): void {
  const other = "another container's network"
  if ((request.Hostname ?? '') !== '') throw conflict('a hostname', other)
  if ((request.MacAddress ?? '') !== '') throw conflict('a MAC address', other)
  if ((config.Dns ?? []).length > 0) throw conflict('DNS servers', other)
  if ((config.ExtraHosts ?? []).length > 0) throw conflict('extra hosts', other)
  if (Object.keys(config.PortBindings ?? {}).length > 0 || config.PublishAllPorts === true) throw conflict('published ports', other)
  if (Object.keys(request.ExposedPorts ?? {}).length > 0) throw conflict('exposed ports', other)
}

function conflict(what: string, other: string): Error {
  return invalid('conflicting-network-options', `create container: ${what} cannot be given together with ${other}`)
}
