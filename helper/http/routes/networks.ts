import { PockerError } from '../../api/errors.ts'
import type { NetworkSummary } from '../../api/network.ts'
import { json } from '../answer.ts'
import type { Filters } from '../backend.ts'
import { readFilters } from '../filters.ts'
import type { Route } from '../route.ts'

/** `/networks`, which clients list and ask for: the two that need no network device. */
export function networkRoutes(): readonly Route[] {
  return [
    { method: 'GET', path: '/networks', since: 41, handle: ({ query }) => json(networksMatching(readFilters(query))) },
    { method: 'GET', path: '/networks/{id}', since: 41, handle: (request) => json(findNetwork(request.parameter('id'))) },
  ]
}

const NETWORKS = [network('none', 'null', '0'), network('host', 'host', '1')]

function network(name: string, driver: string, digit: string): NetworkSummary {
  return {
    Name: name,
    Id: digit.repeat(64),
    Created: '1970-01-01T00:00:00Z',
    Scope: 'local',
    Driver: driver,
    EnableIPv4: true,
    EnableIPv6: false,
    IPAM: { Driver: 'default', Options: null, Config: [] },
    Internal: false,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: {},
    Options: {},
    Labels: {},
  }
}

function findNetwork(nameOrId: string): NetworkSummary {
  const found = NETWORKS.find(({ Name, Id }) => Name === nameOrId || Id === nameOrId)
  if (found === undefined) throw new PockerError('NotFound', `network ${nameOrId} not found`, { code: 'no-such-network' })
  return found
}

function networksMatching(filters: Filters): readonly NetworkSummary[] {
  return NETWORKS.filter((candidate) =>
    [...filters].every(([name, values]) => values.length === 0 || values.some((value) => matches(candidate, name, value))),
  )
}

function matches({ Name, Id, Driver, Scope }: NetworkSummary, filter: string, value: string): boolean {
  switch (filter) {
    case 'name':
      return Name.includes(value)
    case 'id':
      return Id.startsWith(value)
    case 'driver':
      return Driver === value
    case 'scope':
      return Scope === value
    case 'type':
      return value === 'builtin'
    case 'dangling':
      return value !== 'true' && value !== '1'
    case 'label':
      return false
    default:
      throw new PockerError('InvalidParameter', `invalid filter '${filter}'`, { code: 'invalid-filters' })
  }
}
