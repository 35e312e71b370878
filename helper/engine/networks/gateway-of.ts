import type { Container } from '../containers/container.ts'
import type { EngineContext } from '../context.ts'
import type { Lease } from './endpoint-record.ts'

/** A container's way out. */
export interface WayOut {
  /** The network's ID. */
  readonly network: string
  readonly lease: Lease
  /** The bridge's: where the container reaches this host. */
  readonly addresses: readonly string[]
}

/** The network by which a container reaches what is in none of its own: the first that leads out; of internal ones none. */
export function gatewayOf(context: EngineContext, container: Container): WayOut | undefined {
  const ways = waysOf(context, container)
  return (ways.find(({ isInternal }) => !isInternal) ?? ways[0])?.way
}

/** As `gatewayOf`, but only a way that leads out of this host. */
export function wayOut(context: EngineContext, container: Container): WayOut | undefined {
  return waysOf(context, container).find(({ isInternal }) => !isInternal)?.way
}

function waysOf(context: EngineContext, container: Container): { isInternal: boolean; way: WayOut }[] {
  return (container.record.endpoints ?? []).flatMap(({ network: id, lease }) => {
    const network = context.networks.byId(id)
    if (network === undefined || lease === undefined) return []
    return [{ isInternal: network.internal, way: { network: id, lease, addresses: network.subnets.map(({ gateway }) => gateway) } }]
  })
}
