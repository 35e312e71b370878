/** A container's ports on this host: taken before it starts, so that one in use fails the start, and given back at its end. */
import { PockerError } from '../../api/errors.ts'
import { OPTION } from '../../network/network-record.ts'
import { type Listener, listenAt, printPort } from '../../network/publish/listen.ts'
import { portOwner } from '../../network/publish/port-owner.ts'
import { type PortWish, portWishes } from '../../network/publish/port-wishes.ts'
import type { PortRule } from '../../network/ruleset.ts'
import type { Container } from '../containers/container.ts'
import type { EngineContext } from '../context.ts'
import type { PublishedPort } from './endpoint-record.ts'
import { wayOut } from './gateway-of.ts'
import type { Joined } from './joined.ts'

/** Where a port is published that nobody has said an address of: what listens there is this machine's alone. */
const SAFE_ADDRESS = '127.0.0.1'

/**
 * Takes the ports for the container, whose addresses are known by now, and says which rules lead there. The record has them afterwards.
 * Errors: Conflict `port-in-use` with who has it; InvalidParameter `no-such-host-address`.
 */
export async function publishPorts(context: EngineContext, container: Container): Promise<void> {
  const wishes = wishesOf(container)
  const way = wayOut(context, container)
  const { joined } = container
  if (joined === undefined) return
  if (way === undefined || wishes.length === 0) {
    container.record = { ...container.record, published: [] }
    return
  }
  const before = container.record.published ?? []
  const published: PublishedPort[] = []
  for (const wish of wishes) {
    const hostAddress = wish.hostAddress || (context.networks.byId(way.network)?.options[OPTION.hostAddress] ?? SAFE_ADDRESS)
    const target = targetOf(way.lease, hostAddress, wish.port)
    const had = before.find(
      ({ protocol, port, hostAddress: address }) => protocol === wish.protocol && port === wish.port && address === hostAddress,
    )
    const listener = await listenFirst(context, { wish, hostAddress, target, before: had?.hostPort })
    joined.listeners.push(listener)
    published.push({ protocol: wish.protocol, hostAddress, hostPort: listener.port, port: wish.port })
  }
  container.record = { ...container.record, published }
  joined.rules = rulesOf(container, way.lease)
}

/** Takes again the ports of a container that runs already; the rules for them are the reconciliation's. */
export async function takePortsAgain(context: EngineContext, container: Container): Promise<void> {
  const way = wayOut(context, container)
  if (way === undefined) return
  for (const { protocol, hostAddress, hostPort, port } of container.record.published ?? []) {
    try {
      const target = targetOf(way.lease, hostAddress, port)
      container.joined?.listeners.push(await listenAt({ protocol, address: hostAddress, port: hostPort, target }))
    } catch (error) {
      // Somebody has taken it while no helper was there. The rules lead to the container all the same.
      context.report(error)
    }
  }
}

/** The packet filter's rules for what is published: IPv6 of the host leads to IPv6 of the container, or is left to the listener. */
export function rulesOf(container: Container, lease: { ipv4?: string; ipv6?: string }): PortRule[] {
  return (container.record.published ?? []).flatMap(({ protocol, hostAddress, hostPort, port }) => {
    const isV6 = hostAddress.includes(':')
    const address = isV6 ? lease.ipv6 : lease.ipv4
    // The kernel does not route what comes from ::1.
    return address === undefined || hostAddress === '::1' ? [] : [{ protocol, hostAddress, hostPort, address, port }]
  })
}

/** Gives ports back. */
export function unpublishPorts(context: EngineContext, joined: Joined): void {
  for (const listener of joined.listeners.splice(0)) listener.close()
  context.networks.host.unpublish(joined.rules.splice(0))
}

function wishesOf({ record, hostConfig }: Container): PortWish[] {
  return portWishes(hostConfig.PortBindings ?? {}, {
    all: hostConfig.PublishAllPorts === true,
    exposed: Object.keys(record.config.ExposedPorts ?? {}),
  })
}

function targetOf(lease: { ipv4?: string; ipv6?: string }, hostAddress: string, port: number): { address: string; port: number } {
  const own = hostAddress.includes(':') ? (lease.ipv6 ?? lease.ipv4) : (lease.ipv4 ?? lease.ipv6)
  return { address: own ?? '', port }
}

interface Wanted {
  readonly wish: PortWish
  readonly hostAddress: string
  readonly target: { readonly address: string; readonly port: number }
  /** The port that it had, of those that any would do. */
  readonly before: number | undefined
}

async function listenFirst(context: EngineContext, { wish, hostAddress, target, before }: Wanted): Promise<Listener> {
  const { protocol, first, last } = wish
  const tries = first === 0 ? [...(before === undefined ? [] : [before]), 0] : range(first, last)
  for (const port of tries) {
    try {
      return await listenAt({ protocol, address: hostAddress, port, target })
    } catch (error) {
      if (!(error instanceof PockerError) || error.code !== 'port-in-use') throw error
      if (port === tries.at(-1)) throw portInUse(context, { protocol, address: hostAddress, port, error, isRange: last > first })
    }
  }
  throw new TypeError('a range of ports has at least one')
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

interface Taken {
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  readonly port: number
  readonly error: PockerError
  readonly isRange: boolean
}

function portInUse(context: EngineContext, { protocol, address, port, error, isRange }: Taken): PockerError {
  const holder = context.registry
    .all()
    .find(
      ({ joined, record }) => joined !== undefined && record.published?.some((one) => one.protocol === protocol && one.hostPort === port),
    )
  const owner = holder === undefined ? portOwner({ protocol, port }) : `container ${holder.record.name}`
  const who = owner === undefined ? 'another program has it' : `${owner} has it`
  return new PockerError('Conflict', `publish port ${printPort({ protocol, address, port })}: port is already allocated, ${who}`, {
    code: 'port-in-use',
    hint: isRange ? 'no port of the range is free: take another one' : 'stop that, or publish at another port of this host',
    cause: error,
  })
}
