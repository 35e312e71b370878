/** What this host has of our networks: bridges, rules, forwarding. Made when the first container comes, found again by the next helper. */
import { existsSync, writeFileSync } from 'node:fs'
import { deleteLink } from '../linux/netlink/links.ts'
import { NetlinkSocket } from '../linux/netlink/netlink-socket.ts'
import type { Subnet } from './address.ts'
import { aliasPrefix, allLinks, ensureBridge, findLink, removeBridge, routedSubnets, turnOnForwarding } from './bridges.ts'
import { Firewall } from './firewall.ts'
import type { NetworkRecord } from './network-record.ts'
import type { PortRule } from './ruleset.ts'

export interface HostNetworksOptions {
  /** Tells what several helpers of one host have made apart. */
  readonly owner: string
  /** A file that is there when this host has not forwarded packets before; gone with the boot, as forwarding is. */
  readonly guardMark: string
}

export class HostNetworks {
  readonly owner: string
  readonly #guardMark: string
  readonly #active = new Map<string, NetworkRecord>()
  #socket: NetlinkSocket | undefined
  #firewall: Firewall | undefined
  #whyNoFirewall: string | undefined

  constructor({ owner, guardMark }: HostNetworksOptions) {
    this.owner = owner
    this.#guardMark = guardMark
  }

  /** For requests about this host's devices. */
  get socket(): NetlinkSocket {
    this.#socket ??= new NetlinkSocket('route')
    return this.#socket
  }

  /** Why this kernel has no packet filter for us; undefined: it has. */
  whyNoFirewall(): string | undefined {
    if (this.#firewall === undefined && this.#whyNoFirewall === undefined) {
      const firewall = new Firewall(this.owner)
      this.#whyNoFirewall = firewall.whyNot()
      if (this.#whyNoFirewall === undefined) this.#firewall = firewall
      else firewall.close()
    }
    return this.#whyNoFirewall
  }

  /** What keeps containers from reaching more than this host, as a sentence for people; undefined: nothing does. */
  obstacle(): string | undefined {
    const reason = this.whyNoFirewall()
    if (reason !== undefined) return `containers reach nothing beyond this host: its packet filter does not answer (${reason})`
    const chain = this.#firewall?.whoDrops()
    if (chain === undefined) return undefined
    return `containers reach nothing beyond this host: the chain ${chain} of another firewall drops what is forwarded; let it accept what comes from and goes to their bridges (pocker0, pk-…)`
  }

  /**
   * The index of the network's bridge, which is made if it is missing, with all that lets packets pass.
   * Errors: Conflict `device-name-in-use`; NetlinkError.
   */
  bridgeOf(network: NetworkRecord): number {
    const index = ensureBridge(this.socket, { owner: this.owner, network })
    if (this.#active.get(network.id) === network) return index
    this.#active.set(network.id, network)
    this.#letThrough()
    return index
  }

  /** Errors: NetlinkError. */
  remove(network: NetworkRecord): void {
    removeBridge(this.socket, { owner: this.owner, network })
    if (this.#active.delete(network.id)) this.#writeRules()
  }

  /** Leads connections to containers, as far as rules can. Errors: NetlinkError. */
  publish(ports: readonly PortRule[]): void {
    if (this.whyNoFirewall() === undefined) this.#firewall?.publish(ports)
  }

  unpublish(ports: readonly PortRule[]): void {
    this.#firewall?.unpublish(ports)
  }

  /** Puts rules back that others have removed; returns whether any were missing. */
  repair(): boolean {
    return this.#firewall?.repair() ?? false
  }

  /**
   * Makes this host what it is to be after another helper: bridges of networks in use are there with all their ports' rules, what
   * belongs to nobody is gone.
   */
  reconcile({ networks, inUse, ports, portNames }: Reconciled): void {
    const bridges = new Set<number>()
    for (const network of inUse) {
      bridges.add(ensureBridge(this.socket, { owner: this.owner, network }))
      this.#active.set(network.id, network)
    }
    const known = new Set(networks.map(({ id }) => id))
    for (const link of allLinks(this.socket)) {
      const isForeignPort = bridges.has(link.master) && link.kind === 'veth' && !portNames.has(link.name)
      const id = link.alias.startsWith(aliasPrefix(this.owner)) ? link.alias.slice(aliasPrefix(this.owner).length) : undefined
      if (isForeignPort || (id !== undefined && !known.has(id))) this.socket.request([deleteLink(link.index)])
    }
    if (this.whyNoFirewall() !== undefined) return
    if (inUse.length === 0) {
      this.#firewall?.remove()
      return
    }
    this.#firewall?.write({ networks: inUse, ports, guard: this.#turnOnForwarding() })
  }

  /** Takes away rules and bridges: nothing runs that needs them. */
  clear(networks: readonly NetworkRecord[]): void {
    for (const network of networks) removeBridge(this.socket, { owner: this.owner, network })
    this.#active.clear()
    this.#firewall?.remove()
  }

  /** Whether its bridge is there with its rules, as far as this helper knows. */
  isActive({ id }: NetworkRecord): boolean {
    return this.#active.has(id)
  }

  /** Whether no device has this name. */
  isFree(device: string): boolean {
    return findLink(this.socket, device) === undefined
  }

  /** What this host's routes lead to, but for our own networks. */
  routedSubnets(networks: readonly NetworkRecord[]): Subnet[] {
    return routedSubnets(
      this.socket,
      networks.map(({ bridge }) => bridge),
    )
  }

  close(): void {
    this.#socket?.[Symbol.dispose]()
    this.#firewall?.close()
  }

  #letThrough(): void {
    const guard = this.#turnOnForwarding()
    if (this.whyNoFirewall() === undefined) this.#firewall?.write({ networks: [...this.#active.values()], guard })
  }

  #writeRules(): void {
    this.#firewall?.write({ networks: [...this.#active.values()] })
  }

  #turnOnForwarding(): boolean {
    const ipv6 = [...this.#active.values()].some(({ enableIPv6 }) => enableIPv6)
    if (turnOnForwarding({ ipv6 })) writeFileSync(this.#guardMark, '')
    return existsSync(this.#guardMark)
  }
}

export interface Reconciled {
  readonly networks: readonly NetworkRecord[]
  /** Those that running containers are in. */
  readonly inUse: readonly NetworkRecord[]
  readonly ports: readonly PortRule[]
  /** Devices of running containers. */
  readonly portNames: ReadonlySet<string>
}
