/** Networks in Docker's words. */

import { PockerError } from '../../api/errors.ts'
import type { NetworkInspect, NetworkMember } from '../../api/network.ts'
import type { Filters } from '../../http/backend.ts'
import { parseSubnet } from '../../network/address.ts'
import { mtuOf, type NetworkRecord, OPTION } from '../../network/network-record.ts'
import type { EngineContext } from '../context.ts'
import { membersOf } from './names-of.ts'
import { type AnyNetwork, DEFAULT_NETWORK, isBuiltin } from './networks.ts'

/** A network; with `members` the running containers in it, which lists leave out. */
export function describeNetwork(context: EngineContext, network: AnyNetwork, { members }: { members: boolean }): NetworkInspect {
  const common = {
    Name: network.name,
    Id: network.id,
    Scope: 'local',
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
  } as const
  if (isBuiltin(network)) {
    return {
      ...common,
      Created: '1970-01-01T00:00:00Z',
      Driver: network.driver,
      EnableIPv4: true,
      EnableIPv6: false,
      IPAM: { Driver: 'default', Options: null, Config: [] },
      Internal: false,
      Attachable: false,
      Containers: {},
      Options: {},
      Labels: {},
    }
  }
  return {
    ...common,
    Created: new Date(network.created).toISOString(),
    Driver: 'bridge',
    EnableIPv4: network.enableIPv4,
    EnableIPv6: network.enableIPv6,
    IPAM: {
      Driver: 'default',
      Options: network.name === DEFAULT_NETWORK ? null : {},
      Config: network.subnets.map(({ subnet, range, gateway, auxiliary }) => ({
        Subnet: subnet,
        ...(range === undefined ? {} : { IPRange: range }),
        Gateway: gateway,
        ...(Object.keys(auxiliary).length === 0 ? {} : { AuxiliaryAddresses: { ...auxiliary } }),
      })),
    },
    Internal: network.internal,
    Attachable: network.attachable,
    Containers: members ? membersByContainer(context, network) : {},
    Options: network.name === DEFAULT_NETWORK ? defaultOptions(network) : { ...network.options },
    Labels: { ...network.labels },
  }
}

/** What Docker shows of its default bridge, where published ports are safe. */
function defaultOptions(network: NetworkRecord): Record<string, string> {
  return {
    'com.docker.network.bridge.default_bridge': 'true',
    [OPTION.talk]: 'true',
    [OPTION.masquerade]: 'true',
    [OPTION.hostAddress]: '127.0.0.1',
    [OPTION.bridgeName]: network.bridge,
    [OPTION.mtu]: String(mtuOf(network)),
  }
}

function membersByContainer(context: EngineContext, network: NetworkRecord): Record<string, NetworkMember> {
  const prefixes = network.subnets.map(({ subnet }) => ({ isV6: subnet.includes(':'), prefix: parseSubnet(subnet)?.prefix ?? 0 }))
  const printed = (address: string | undefined) => {
    if (address === undefined) return ''
    return `${address}/${prefixes.find(({ isV6 }) => isV6 === address.includes(':'))?.prefix ?? 0}`
  }
  return Object.fromEntries(
    membersOf(context, network.id).map(({ other, lease }) => [
      other.id,
      {
        Name: other.record.name,
        EndpointID: lease.endpoint,
        MacAddress: lease.mac,
        IPv4Address: printed(lease.ipv4),
        IPv6Address: printed(lease.ipv6),
      },
    ]),
  )
}

/** Whether containers that have been made, running or not, are in the network. */
export function isUsed(context: EngineContext, { id }: { id: string }): boolean {
  return context.registry.all().some(({ record }) => (record.endpoints ?? []).some(({ network }) => network === id))
}

type Test = (network: NetworkInspect, value: string, isDangling: () => boolean) => boolean

const TESTS: Readonly<Record<string, Test>> = {
  name: ({ Name }, value) => Name.includes(value),
  id: ({ Id }, value) => Id.startsWith(value),
  driver: ({ Driver }, value) => Driver === value,
  scope: ({ Scope }, value) => Scope === value,
  type: (network, value) => (isPredefined(network) ? 'builtin' : 'custom') === value,
  dangling: (network, value, isDangling) => (!isPredefined(network) && isDangling()) === (value === 'true' || value === '1'),
  label: ({ Labels }, value) => hasLabel(Labels, value),
  'label!': ({ Labels }, value) => !hasLabel(Labels, value),
}

/** Errors: InvalidParameter `invalid-filters`. */
export function filterNetworks(
  networks: readonly NetworkInspect[],
  filters: Filters,
  isUsedNow: (id: string) => boolean,
): NetworkInspect[] {
  for (const name of filters.keys()) {
    if (!Object.hasOwn(TESTS, name)) throw new PockerError('InvalidParameter', `invalid filter '${name}'`, { code: 'invalid-filters' })
  }
  return networks.filter((network) =>
    [...filters].every(([name, values]) => {
      const meets = (value: string) => TESTS[name]?.(network, value, () => !isUsedNow(network.Id)) ?? true
      if (values.length === 0) return true
      return name.startsWith('label') ? values.every(meets) : values.some(meets)
    }),
  )
}

function isPredefined({ Name }: NetworkInspect): boolean {
  return Name === DEFAULT_NETWORK || Name === 'host' || Name === 'none'
}

function hasLabel(labels: Readonly<Record<string, string>>, value: string): boolean {
  const [name = '', ...rest] = value.split('=')
  return Object.hasOwn(labels, name) && (rest.length === 0 || labels[name] === rest.join('='))
}
