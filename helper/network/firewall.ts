/** Our table in the kernel's packet filter: written whole, changed by single elements, put back when others have flushed it. */
import { SyscallError } from '../linux/errno.ts'
import type { Message } from '../linux/netlink/message.ts'
import { NetlinkSocket } from '../linux/netlink/netlink-socket.ts'
import {
  batch,
  countElements,
  deleteElements,
  deleteTable,
  getGeneration,
  listElements,
  listRules,
  NFPROTO,
  newElements,
  newTable,
  readGeneration,
  type TableName,
} from '../linux/netlink/nftables.ts'
import { chainThatDrops } from './forward-drop.ts'
import type { NetworkRecord } from './network-record.ts'
import { type PortRule, portElements, rulesByChain, rulesetMessages } from './ruleset.ts'

export interface FirewallState {
  readonly networks: readonly NetworkRecord[]
  readonly ports: readonly PortRule[]
  readonly guard: boolean
}

const NOTHING: FirewallState = { networks: [], ports: [], guard: false }
const MAPS = ['ports4', 'ports4-at', 'ports6', 'ports6-at'] as const

export class Firewall {
  readonly #table: TableName
  readonly #socket: NetlinkSocket
  #state = NOTHING
  /** Whether our table is to be there. */
  #isOn = false
  /** Whether rules can lead connections to containers. */
  #isLed = true
  /** Of the whole rule set, as it was when ours was last known to be complete. */
  #generation = -1

  /** `owner` tells the tables of several helpers apart. */
  constructor(owner: string) {
    this.#table = { family: NFPROTO.INET, name: `pocker-${owner}` }
    this.#socket = new NetlinkSocket('netfilter')
  }

  /** Why this kernel has no packet filter for us; undefined: it has. Tries it for real. */
  whyNot(): string | undefined {
    const probe = { ...this.#table, name: `${this.#table.name}-probe` }
    try {
      this.#change([newTable(probe), deleteTable(probe)])
      return undefined
    } catch (error) {
      if (error instanceof SyscallError) return error.message
      throw error
    }
  }

  /** See `chainThatDrops`; our own chains drop nothing by policy. */
  whoDrops(): string | undefined {
    return chainThatDrops(this.#socket)
  }

  /** Makes the table what it is to be, at one moment; connections that are there go on. Errors: NetlinkError. */
  write(state: Partial<FirewallState>): void {
    this.#state = { ...this.#state, ...state }
    this.#isOn = true
    this.#isLed = this.whoDrops() === undefined
    this.#change(rulesetMessages({ table: this.#table, ...this.#state, ports: this.#ledPorts }))
    this.#generation = this.#readGeneration()
  }

  /** Errors: NetlinkError; then none of them is published. */
  publish(ports: readonly PortRule[]): void {
    if (ports.length === 0) return
    this.#state = { ...this.#state, ports: [...this.#state.ports, ...ports] }
    if (this.#isLed) this.#changeOrRewrite(portElements(ports).map(([map, elements]) => newElements(this.#table, map, elements)))
  }

  /** Takes ports away; those that are not there change nothing. Errors: NetlinkError. */
  unpublish(ports: readonly PortRule[]): void {
    const gone = new Set(ports)
    const left = this.#state.ports.filter((port) => !gone.has(port))
    if (left.length === this.#state.ports.length) return
    this.#state = { ...this.#state, ports: left }
    if (!this.#isLed) return
    this.#changeOrRewrite(
      portElements(ports).map(([map, elements]) =>
        deleteElements(
          this.#table,
          map,
          elements.map(({ key }) => ({ key })),
        ),
      ),
    )
  }

  /** Puts back what somebody else has removed. Returns whether anything was missing. Errors: NetlinkError. */
  repair(): boolean {
    if (!this.#isOn) return false
    const generation = this.#readGeneration()
    if (generation === this.#generation) return false
    const isIntact = this.#isIntact()
    if (isIntact && this.#isLed === (this.whoDrops() === undefined)) this.#generation = generation
    else this.write({})
    return !isIntact
  }

  /** Removes the table. */
  remove(): void {
    this.#isOn = false
    this.#change([newTable(this.#table), deleteTable(this.#table)])
  }

  close(): void {
    this.#socket[Symbol.dispose]()
  }

  /** Whoever flushed the table took the maps' elements or the maps themselves with it: then all is written anew. */
  #changeOrRewrite(messages: readonly Message[]): void {
    try {
      this.#change(messages)
      this.#generation = -1
    } catch (error) {
      if (!(error instanceof SyscallError) || error.code !== 'ENOENT') throw error
      this.write({})
    }
  }

  /** A rule more or less, or an element, means that somebody has been at it. */
  #isIntact(): boolean {
    try {
      const rules = this.#socket.dump(listRules(this.#table)).length
      if (rules !== rulesByChain({ table: this.#table, ...this.#state }).length) return false
      const wanted = new Map(portElements(this.#ledPorts).map(([map, elements]) => [map, elements.length]))
      return MAPS.every(
        (map) =>
          this.#socket.dump(listElements(this.#table, map)).reduce((sum, answer) => sum + countElements(answer), 0) ===
          (wanted.get(map) ?? 0),
      )
    } catch (error) {
      if (error instanceof SyscallError && error.code === 'ENOENT') return false
      throw error
    }
  }

  /** Ports that rules lead to containers; the others are served by their listeners. */
  get #ledPorts(): readonly PortRule[] {
    return this.#isLed ? this.#state.ports : []
  }

  #readGeneration(): number {
    const [answer] = this.#socket.request([getGeneration()])
    return answer === undefined ? -1 : readGeneration(answer)
  }

  #change(messages: readonly Message[]): void {
    this.#socket.request(batch(messages))
  }
}
