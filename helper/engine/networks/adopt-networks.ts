/** Networks at the helper's start: what running containers have is theirs again, what nobody has is gone from this host. */

import { portName } from '../../network/plug.ts'
import type { Container } from '../container.ts'
import type { EngineContext } from '../context.ts'
import { wayOut } from './gateway-of.ts'
import { startNames } from './join-networks.ts'
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
  networks.host.reconcile({
    networks: made,
    inUse: made.filter(({ id }) => inUse.has(id)),
    ports: joined.flatMap((container) => container.joined?.rules ?? []),
    portNames,
  })
  for (const container of joined) await takeOver(context, container)
}

async function takeOver(context: EngineContext, container: Container): Promise<void> {
  try {
    if (container.running !== undefined) startNames(context, container, container.running.container)
    await takePortsAgain(context, container)
  } catch (error) {
    // It runs all the same; the next start of the helper tries again.
    context.report(error)
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
