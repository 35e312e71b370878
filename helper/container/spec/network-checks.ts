import type { CreateRequest } from '../../api/container.ts'
import { PockerError } from '../../api/errors.ts'
import type { HostConfig } from '../../api/host-config.ts'
import { parseExtraHost } from './extra-hosts.ts'
import { networkSharing, utsSharing } from './namespaces.ts'
import { invalid, notImplemented } from './refuse.ts'
import { checkDns } from './resolv-conf.ts'

// Names in NetworkingConfig that are modes, not networks.
const MODES = new Set(['', 'default', 'bridge', 'none', 'host'])

/**
 * Everything about the network: what contradicts itself, and what is not there yet. Returns warnings.
 * Errors: `no-such-network`, `ports-not-available`, `links-not-available`, `conflicting-network-options`, `bad-dns`, `bad-extra-host`.
 */
export function checkNetwork(request: CreateRequest, exposedPorts: readonly string[]): string[] {
  const config = request.HostConfig ?? {}
  const sharing = networkSharing(config)
  if (sharing.with === 'network') throw noSuchNetwork(sharing.network)
  for (const network of Object.keys(request.NetworkingConfig?.EndpointsConfig ?? {})) {
    if (!MODES.has(network) && network !== config.NetworkMode) throw noSuchNetwork(network)
  }
  if (sharing.with === 'container') checkSharedNetwork(request, config)
  if ((config.Links ?? []).length > 0) throw notImplemented('links-not-available', 'link containers: links come with the network')
  if ((request.Hostname ?? '') !== '' && utsSharing(config).with === 'host') throw conflict('a hostname', "the host's UTS namespace")
  checkDns({ servers: config.Dns ?? [], search: config.DnsSearch ?? [], options: config.DnsOptions ?? [] })
  const hosts = (config.ExtraHosts ?? []).map(parseExtraHost)
  const unreachable = sharing.with === 'nobody' ? hosts.filter(({ address }) => address === undefined) : []
  return [
    ...unreachable.map(({ name }) => `'${name}' has no address: the container's network does not reach the host yet`),
    ...checkPorts(config, sharing.with, exposedPorts),
  ]
}

function checkPorts(config: HostConfig, sharing: 'nobody' | 'host' | 'container', exposedPorts: readonly string[]): string[] {
  const published = Object.values(config.PortBindings ?? {}).some((bindings) => bindings !== null && bindings.length > 0)
  const all = config.PublishAllPorts === true && exposedPorts.length > 0
  if (!published && !all) return []
  if (sharing === 'host') return ["published ports are discarded: the container has the host's network"]
  if (config.NetworkMode === 'none') return ['published ports are discarded: the container has no network']
  throw notImplemented('ports-not-available', 'publish ports: that comes with the network', 'use --network host')
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

function noSuchNetwork(name: string): Error {
  return new PockerError('NotFound', `use network '${name}': network ${name} not found`, { code: 'no-such-network' })
}
