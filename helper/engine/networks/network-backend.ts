/** Networks as the HTTP layer wants them. */
import { randomBytes } from 'node:crypto'
import { PockerError } from '../../api/errors.ts'
import type { NetworkCreateRequest } from '../../api/network.ts'
import type { Filters, NetworkBackend } from '../../http/backend.ts'
import { parseMoment } from '../../image/moment.ts'
import { type NetworkRecord, OPTION } from '../../network/network-record.ts'
import type { EngineContext } from '../context.ts'
import { checkNetworkRequest, chooseSubnets } from './check-network.ts'
import { connectContainer, disconnectContainer } from './connect-container.ts'
import { describeNetwork, filterNetworks, isUsed } from './describe-network.ts'
import { membersOf } from './names-of.ts'
import { tellNetwork } from './network-events.ts'
import { bridgeName, DEFAULT_NETWORK, isBuiltin, subnetsOf } from './networks.ts'

/** Networks for the API. */
export function networkBackend(context: EngineContext): NetworkBackend {
  const { networks } = context
  return {
    list: async (filters) => {
      const all = networks.all().map((network) => describeNetwork(context, network, { members: false }))
      return filterNetworks(all, filters, (id) => isUsed(context, { id }))
    },
    inspect: async (id) => describeNetwork(context, networks.find(id), { members: true }),
    create: async (request) => ({ Id: createNetwork(context, request).id, Warning: '' }),
    remove: async (id) => removeNetwork(context, id),
    connect: async (id, { Container, EndpointConfig }) => {
      const container = context.registry.find(Container)
      const network = networks.findMade(id)
      await container.lock.run(async () => connectContainer(context, container, { network, settings: EndpointConfig ?? {} }))
    },
    disconnect: async (id, { Container, Force }) => {
      const network = networks.findMade(id)
      const container = context.registry.find(Container)
      await container.lock.run(async () => {
        try {
          disconnectContainer(context, container, network)
        } catch (error) {
          // Forced, it is enough that it is not connected.
          if (Force !== true || !(error instanceof PockerError) || error.code !== 'not-connected') throw error
        }
      })
    },
    prune: async (filters) => ({ NetworksDeleted: prune(context, filters) }),
  }
}

/** Errors: those of `checkNetworkRequest` and `chooseSubnets`; Conflict `network-name-in-use`, `device-name-in-use`. */
function createNetwork(context: EngineContext, request: NetworkCreateRequest): NetworkRecord {
  const { networks } = context
  checkNetworkRequest(request)
  const made = networks.made()
  if (networks.all().some(({ name }) => name === request.Name)) {
    throw new PockerError('Conflict', `network with name ${request.Name} already exists`, { code: 'network-name-in-use' })
  }
  const id = randomBytes(32).toString('hex')
  const bridge = request.Options?.[OPTION.bridgeName] ?? bridgeName(id)
  if (made.some((other) => other.bridge === bridge)) {
    throw new PockerError('Conflict', `make network ${request.Name}: another network has the device ${bridge}`, {
      code: 'device-name-in-use',
    })
  }
  const network: NetworkRecord = {
    id,
    name: request.Name,
    created: Date.now(),
    bridge,
    subnets: chooseSubnets(request, { own: networks.made().flatMap(subnetsOf), routed: networks.host.routedSubnets(made) }),
    internal: request.Internal === true,
    attachable: request.Attachable === true,
    enableIPv4: true,
    enableIPv6: request.EnableIPv6 === true,
    options: { ...request.Options },
    labels: { ...request.Labels },
  }
  networks.add(network)
  try {
    // Not only on record: what is wrong with it is to be seen now and not at the first start.
    networks.host.bridgeOf(network)
  } catch (error) {
    networks.delete(network)
    throw error
  }
  tellNetwork(context, network, 'create')
  return network
}

/** Errors: Forbidden `predefined-network`, `network-in-use`. */
function removeNetwork(context: EngineContext, reference: string): void {
  const network = context.networks.find(reference)
  if (isBuiltin(network) || network.name === DEFAULT_NETWORK) {
    throw new PockerError('Forbidden', `${network.name} is a pre-defined network and cannot be removed`, { code: 'predefined-network' })
  }
  const members = membersOf(context, network.id).map(({ other }) => other.record.name)
  if (members.length > 0) {
    throw new PockerError(
      'Forbidden',
      `error while removing network: network ${network.name} id ${network.id} has active endpoints (${members.join(', ')})`,
      { code: 'network-in-use', hint: 'stop these containers, or take them off the network' },
    )
  }
  context.networks.host.remove(network)
  context.networks.delete(network)
  tellNetwork(context, network, 'destroy')
}

/** Networks that no container is in, running or not. */
function prune(context: EngineContext, filters: Filters): string[] {
  const { until = [], ...others } = Object.fromEntries(filters)
  const limits = until.map((text) => parseMoment(text, Date.now()))
  const described = context.networks.made().map((network) => describeNetwork(context, network, { members: false }))
  const wanted = filterNetworks(described, new Map(Object.entries(others)), (id) => isUsed(context, { id }))
  return wanted
    .filter(
      ({ Name, Id, Created }) =>
        Name !== DEFAULT_NETWORK && !isUsed(context, { id: Id }) && limits.every((limit) => Date.parse(Created) < limit),
    )
    .map(({ Name, Id }) => {
      removeNetwork(context, Id)
      return Name
    })
}
