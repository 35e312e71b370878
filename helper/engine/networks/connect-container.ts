/** Connecting a container to a network that it is not in, and taking it off, running or not. Call both under the container's lock. */

import { closeSync } from 'node:fs'
import { PockerError } from '../../api/errors.ts'
import type { EndpointSettings } from '../../api/network.ts'
import { networkSharing } from '../../container/spec/namespaces.ts'
import { inNamespace, openOwnNamespace } from '../../linux/netlink/in-namespace.ts'
import type { NetworkRecord } from '../../network/network-record.ts'
import { freeDevice, openInside, portName, setGateways, unplug } from '../../network/plug.ts'
import type { Container } from '../containers/container.ts'
import type { EngineContext } from '../context.ts'
import { type EndpointRecord, wishesOf } from './endpoint-record.ts'
import { connectOne, gatewaysOf, leaseOne, releaseLease, startNames } from './join-networks.ts'
import { joinedNothing } from './joined.ts'
import { tellNetwork } from './network-events.ts'
import { writeNetworkFiles } from './network-files.ts'
import { checkWishes } from './plan-endpoints.ts'
import { unpublishPorts } from './publish-ports.ts'

/**
 * Errors: Forbidden `already-connected`; InvalidParameter `network-without-bridge`, and those of `checkWishes`; Conflict `address-in-use`.
 */
export function connectContainer(
  context: EngineContext,
  container: Container,
  to: { network: NetworkRecord; settings: EndpointSettings },
): void {
  const { settings } = to
  const network = context.networks.settled(to.network)
  const endpoints = container.record.endpoints ?? []
  if (endpoints.some((endpoint) => endpoint.network === network.id)) {
    throw new PockerError('Forbidden', `endpoint with name ${container.record.name} already exists in network ${network.name}`, {
      code: 'already-connected',
    })
  }
  if (['host', 'container'].includes(networkSharing(container.hostConfig).with)) {
    throw new PockerError(
      'InvalidParameter',
      `connect container ${container.record.name} to network ${network.name}: its network is not its own`,
      {
        code: 'network-not-own',
        hint: 'make the container without --network host or container:',
      },
    )
  }
  const asked = wishesOf(settings)
  checkWishes(network, asked)
  const endpoint: EndpointRecord = { network: network.id, asked }
  const { running } = container
  if (running === undefined) {
    container.record = { ...container.record, endpoints: [...endpoints, endpoint] }
    context.records.put(container.record)
    return
  }
  plugLive(context, container, { network, endpoint, process: running.container })
  tellNetwork(context, network, 'connect', container)
}

interface Live {
  readonly network: NetworkRecord
  readonly endpoint: EndpointRecord
  /** The container's process. */
  readonly process: number
}

function plugLive(context: EngineContext, container: Container, { network, endpoint, process }: Live): void {
  const before = container.record
  const way = gatewaysOf(context, container)
  using inside = openInside(process)
  const lease = leaseOne(context, container, { network, endpoint, device: freeDevice(inside) })
  const namespace = inNamespace(process, openOwnNamespace)
  container.joined ??= joinedNothing()
  container.record = { ...before, endpoints: [...(before.endpoints ?? []), { ...endpoint, lease }] }
  try {
    // On record first: a helper that ends now leaves a device that the next one knows.
    context.records.put(container.record)
    connectOne(context, container, { network, lease, namespace, inside })
    if (way === undefined) setGateways(inside, gatewaysOf(context, container))
    startNames(context, container, namespace)
    writeNetworkFiles(context, container)
  } catch (error) {
    unplug(context.networks.host.socket, portName(lease.endpoint))
    releaseLease(context, network, lease)
    container.record = before
    context.records.put(before)
    throw error
  } finally {
    closeSync(namespace)
  }
}

/** Errors: NotFound `not-connected`. What was published by this network is published by the next one that leads out at the next start. */
export function disconnectContainer(context: EngineContext, container: Container, network: NetworkRecord): void {
  const endpoints = container.record.endpoints ?? []
  const endpoint = endpoints.find((one) => one.network === network.id)
  if (endpoint === undefined) {
    throw new PockerError('NotFound', `container ${container.record.name} is not connected to network ${network.name}`, {
      code: 'not-connected',
    })
  }
  const { running } = container
  const way = gatewaysOf(context, container)
  if (running !== undefined && endpoint.lease !== undefined) {
    unplug(context.networks.host.socket, portName(endpoint.lease.endpoint))
    releaseLease(context, network, endpoint.lease)
  }
  container.record = { ...container.record, endpoints: endpoints.filter((one) => one !== endpoint) }
  context.records.put(container.record)
  if (running === undefined || endpoint.lease === undefined) return
  const next = gatewaysOf(context, container)
  if (next !== undefined && next.device !== way?.device) {
    using inside = openInside(running.container)
    setGateways(inside, next)
  }
  if (way?.device === endpoint.lease.device) dropPorts(context, container)
  writeNetworkFiles(context, container)
  tellNetwork(context, network, 'disconnect', container)
}

/** They led to an address that is gone. */
function dropPorts(context: EngineContext, container: Container): void {
  const { joined } = container
  if (joined === undefined) return
  unpublishPorts(context, joined)
  container.record = { ...container.record, published: [] }
  context.records.put(container.record)
}
