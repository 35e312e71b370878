/** The networks there are, by ID, name, or the beginning of an ID, and the addresses that are taken in them. */
import { randomBytes } from 'node:crypto'
import { PockerError } from '../../api/errors.ts'
import { overlaps, parseSubnet } from '../../network/address.ts'
import { AddressPool } from '../../network/address-pool.ts'
import { chooseSubnet } from '../../network/choose-subnet.ts'
import type { HostNetworks } from '../../network/host-networks.ts'
import type { NetworkRecord } from '../../network/network-record.ts'
import { firstAddress } from './check-network.ts'
import type { EndpointWishes, Lease } from './endpoint-record.ts'

/** A network that needs no bridge; every engine has them. */
export interface BuiltinNetwork {
  readonly id: string
  readonly name: 'none' | 'host'
  readonly driver: 'null' | 'host'
}

const BUILTIN: readonly BuiltinNetwork[] = [
  { id: '0'.repeat(64), name: 'none', driver: 'null' },
  { id: '1'.repeat(64), name: 'host', driver: 'host' },
]

/** The network that containers are in when nothing else is said. */
export const DEFAULT_NETWORK = 'bridge'
const DEFAULT_BRIDGE = 'pocker0'

export type AnyNetwork = NetworkRecord | BuiltinNetwork

export interface NetworkRecords {
  put(id: string, record: NetworkRecord): void
  delete(id: string): boolean
  list(): NetworkRecord[]
}

export interface NetworksOptions {
  readonly records: NetworkRecords
  readonly host: HostNetworks
  /** Whether there is the default bridge, or containers have no network unless they ask for one. */
  readonly hasDefault: boolean
}

export class Networks {
  readonly host: HostNetworks
  readonly hasDefault: boolean
  readonly #records: NetworkRecords
  readonly #byId = new Map<string, NetworkRecord>()
  readonly #pools = new Map<string, readonly AddressPool[]>()

  constructor({ records, host, hasDefault }: NetworksOptions) {
    this.#records = records
    this.host = host
    this.hasDefault = hasDefault
    for (const record of records.list()) this.#byId.set(record.id, record)
  }

  /** Those that Pocker makes, the oldest first. */
  made(): NetworkRecord[] {
    return [...this.#byId.values()].sort((left, right) => left.created - right.created)
  }

  /** All, those that every engine has among them. */
  all(): AnyNetwork[] {
    this.#ensureDefault()
    return [...BUILTIN, ...this.made()]
  }

  /**
   * The network that `reference` means.
   * Errors: NotFound `no-such-network`, InvalidParameter `ambiguous-id`.
   */
  find(reference: string): AnyNetwork {
    if (reference === DEFAULT_NETWORK) this.#ensureDefault()
    const all = [...BUILTIN, ...this.#byId.values()]
    const found = all.find(({ id }) => id === reference) ?? all.find(({ name }) => name === reference) ?? findByPrefix(all, reference)
    if (found === undefined) throw new PockerError('NotFound', `network ${reference} not found`, { code: 'no-such-network' })
    return found
  }

  /** As `find`, for one that containers are connected to. Errors: InvalidParameter `network-without-bridge`, too. */
  findMade(reference: string): NetworkRecord {
    const found = this.find(reference)
    if (!isBuiltin(found)) return found
    throw new PockerError('InvalidParameter', `connect to network ${found.name}: a container is in it from its making, or not at all`, {
      code: 'network-without-bridge',
    })
  }

  byId(id: string): NetworkRecord | undefined {
    return this.#byId.get(id)
  }

  add(record: NetworkRecord): void {
    this.#records.put(record.id, record)
    this.#byId.set(record.id, record)
  }

  delete(record: NetworkRecord): void {
    this.#records.delete(record.id)
    this.#byId.delete(record.id)
    this.#pools.delete(record.id)
  }

  /**
   * The network as it is to be used now: a subnet that Pocker has chosen, and that this host has got a route to since nobody was in the
   * network, is chosen anew. Errors: Unavailable `subnets-exhausted`.
   */
  settled(network: NetworkRecord): NetworkRecord {
    const [first, ...others] = network.subnets
    if (first === undefined || !first.chosen || first.subnet.includes(':') || this.host.isActive(network)) return network
    const made = this.made()
    const routed = this.host.routedSubnets(made)
    const own = parseSubnet(first.subnet)
    if (own === undefined || !routed.some((subnet) => overlaps(subnet, own))) return network
    const chosen = chooseSubnet([...routed, ...made.flatMap(subnetsOf)])
    // A bridge that has been left has the old address.
    this.host.remove(network)
    const changed = { ...network, subnets: [{ ...firstAddress(chosen), auxiliary: {}, chosen: true }, ...others] }
    this.#pools.delete(network.id)
    this.add(changed)
    return changed
  }

  /** What an own lease of the container's would be: addresses that are taken with this. Errors: those of AddressPool. */
  lease(network: NetworkRecord, wishes: EndpointWishes, { before, avoid }: { before: Lease | undefined; avoid: ReadonlySet<string> }) {
    const taken: string[] = []
    try {
      for (const pool of this.#poolsOf(network)) {
        const wish = pool.family === 4 ? wishes.ipv4 : wishes.ipv6
        const had = pool.family === 4 ? before?.ipv4 : before?.ipv6
        taken.push(wish === undefined ? pool.take({ before: had, avoid }) : pool.claim(wish))
      }
    } catch (error) {
      for (const address of taken) this.release(network, { address })
      throw error
    }
    const ipv4 = taken.find((address) => !address.includes(':'))
    const ipv6 = taken.find((address) => address.includes(':'))
    return { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) }
  }

  /** Takes what a container that runs already has. One that is taken by another is left to both: they run. */
  hold(network: NetworkRecord, lease: Lease): void {
    for (const pool of this.#poolsOf(network)) {
      const address = pool.family === 4 ? lease.ipv4 : lease.ipv6
      if (address !== undefined) pool.hold(address)
    }
  }

  release(network: NetworkRecord, { address }: { address: string | undefined }): void {
    if (address === undefined) return
    for (const pool of this.#poolsOf(network)) if ((pool.family === 6) === address.includes(':')) pool.release(address)
  }

  #poolsOf(network: NetworkRecord): readonly AddressPool[] {
    let pools = this.#pools.get(network.id)
    if (pools === undefined) {
      pools = network.subnets.flatMap(({ subnet, range, gateway, auxiliary }) => {
        const whole = parseSubnet(subnet)
        if (whole === undefined) return []
        const part = range === undefined ? whole : (parseSubnet(range) ?? whole)
        return [new AddressPool({ subnet: whole, range: part, kept: [gateway, ...Object.values(auxiliary)] })]
      })
      this.#pools.set(network.id, pools)
    }
    return pools
  }

  /** Its subnet is chosen when it is first asked for: it has to be one that this host has not got to by then. */
  #ensureDefault(): void {
    if (!this.hasDefault || this.made().some(({ name }) => name === DEFAULT_NETWORK)) return
    const id = randomBytes(32).toString('hex')
    const made = this.made()
    const isFree = this.host.isFree(DEFAULT_BRIDGE)
    const subnet = chooseSubnet([...this.host.routedSubnets(made), ...made.flatMap(subnetsOf)])
    this.add({
      id,
      name: DEFAULT_NETWORK,
      created: Date.now(),
      bridge: isFree ? DEFAULT_BRIDGE : bridgeName(id),
      subnets: [{ ...firstAddress(subnet), auxiliary: {}, chosen: true }],
      internal: false,
      attachable: false,
      enableIPv4: true,
      enableIPv6: false,
      options: {},
      labels: {},
    })
  }
}

/** Whether it is one that no bridge is made for. */
export function isBuiltin(network: AnyNetwork): network is BuiltinNetwork {
  return 'driver' in network
}

/** The device of a network: 15 bytes are all that a name may have. */
export function bridgeName(id: string): string {
  return `pk-${id.slice(0, 12)}`
}

/** The network's subnets as numbers. */
export function subnetsOf({ subnets }: NetworkRecord) {
  return subnets.flatMap(({ subnet }) => parseSubnet(subnet) ?? [])
}

function findByPrefix<T extends { readonly id: string }>(all: readonly T[], prefix: string): T | undefined {
  if (!/^[0-9a-f]+$/.test(prefix)) return undefined
  const matches = all.filter(({ id }) => id.startsWith(prefix))
  if (matches.length > 1) {
    throw new PockerError('InvalidParameter', `find network "${prefix}": ${matches.length} IDs begin so`, { code: 'ambiguous-id' })
  }
  return matches[0]
}
