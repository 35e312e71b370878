/** Networks at the helper's start: what running containers have is theirs again, what nobody has is gone from this host. */

import { closeSync } from 'node:fs'
import { inNamespace, openOwnNamespace } from '../../linux/netlink/in-namespace.ts'
import { findLink } from '../../network/bridges.ts'
import { openInside, portName, setGateways, unplug } from '../../network/plug.ts'
import type { Container } from '../containers/container.ts'
import type { EngineContext } from '../context.ts'
import { wayOut } from './gateway-of.ts'
import { connectOne, gatewaysOf, startNames } from './join-networks.ts'
import { joinedNothing } from './joined.ts'
import { joinedNetworks } from './names-of.ts'
import { rulesOf, takePortsAgain } from './publish-ports.ts'

/** Milliseconds between two looks whether others have flushed our rules: 20 µs each. */
const LOOK = 1000

/**
 * Call it when the containers that run are known, and before any other starts. Containers go on as they are: packets have been passing
 * all the time, only their name servers were away.
 */
export async function adoptNetworks(context: EngineContext): Promise<void> {
  const { networks } = context
  const running = context.registry.all().filter(({ running }) => running !== undefined)
  const joined = running.filter(({ record }) => (record.endpoints ?? []).some(({ lease }) => lease !== undefined))
  const inUse = new Set<string>()
  const portNames = new Set<string>()
  for (const container of joined) {
    container.joined = joinedNothing()
    for (const { network, endpoint } of joinedNetworks(context, container)) {
      if (endpoint.lease === undefined) continue
      inUse.add(network.id)
      portNames.add(portName(endpoint.lease.endpoint))
      networks.hold(network, endpoint.lease)
    }
    const way = wayOut(context, container)
    if (way !== undefined) container.joined.rules = rulesOf(container, way.lease)
  }
  const made = networks.made()
  // A host whose network is not ours to change is not even looked at.
  if (made.length === 0) return
  try {
    networks.host.reconcile({
      networks: made,
      inUse: made.filter(({ id }) => inUse.has(id)),
      ports: joined.flatMap((container) => container.joined?.rules ?? []),
      portNames,
    })
  } catch (error) {
    // Containers run and are to be looked after, whatever has become of this host's network.
    context.report(error)
  }
  for (const container of joined) await takeOver(context, container)
}

async function takeOver(context: EngineContext, container: Container): Promise<void> {
  try {
    if (container.running !== undefined) mend(context, container, container.running.container)
    await takePortsAgain(context, container)
  } catch (error) {
    // It runs all the same; the next start of the helper tries again.
    context.report(error)
  }
}

/** A helper that was ended while it connected a running container, or took it off, has left less than is on record. */
function mend(context: EngineContext, container: Container, process: number): void {
  const { host } = context.networks
  using inside = openInside(process)
  const namespace = inNamespace(process, openOwnNamespace)
  try {
    for (const { network, endpoint } of joinedNetworks(context, container)) {
      const { lease } = endpoint
      // It is brought up in the same call that gives it its addresses.
      if (lease === undefined || findLink(inside, lease.device)?.isUp === true) continue
      unplug(host.socket, portName(lease.endpoint))
      connectOne(context, container, { network, lease, namespace, inside })
    }
    setGateways(inside, gatewaysOf(context, container))
    startNames(context, container, namespace)
  } finally {
    closeSync(namespace)
  }
}

/** Looks from time to time whether our rules are there, and puts them back. */
export function keepRules(context: EngineContext): void {
  setInterval(() => {
    if (!context.registry.all().some(({ joined }) => joined !== undefined)) return
    try {
      if (context.networks.host.repair())
        context.report(new Error('put back the rules of published ports: something on this host had removed them'))
    } catch (error) {
      context.report(error)
    }
  }, LOOK).unref()
}
