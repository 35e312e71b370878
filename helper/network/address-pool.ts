/** The addresses of one subnet: who has one, and which is next. */
import { PockerError } from '../api/errors.ts'
import { contains, lastOf, parseAddress, printAddress, printSubnet, type Subnet } from './address.ts'

export interface PoolOptions {
  readonly subnet: Subnet
  /** Where addresses are taken from when none is asked for; a part of the subnet. */
  readonly range: Subnet
  /** The bridge's own and others that are never given out. */
  readonly kept: readonly string[]
}

export class AddressPool {
  readonly #options: PoolOptions
  readonly #taken = new Set<bigint>()
  readonly #kept: ReadonlySet<bigint>
  #next: bigint

  constructor(options: PoolOptions) {
    this.#options = options
    this.#next = options.range.base
    this.#kept = new Set(options.kept.flatMap((text) => parseAddress(text)?.value ?? []))
  }

  get family(): 4 | 6 {
    return this.#options.subnet.family
  }

  /** Takes what somebody has already, whatever it is. */
  hold(text: string): void {
    const address = parseAddress(text)
    if (address !== undefined) this.#taken.add(address.value)
  }

  /**
   * Takes exactly this address.
   * Errors: InvalidParameter `address-outside-subnet`, Conflict `address-in-use`.
   */
  claim(text: string): string {
    const { subnet } = this.#options
    const address = parseAddress(text)
    if (address === undefined || !contains(subnet, address) || !this.#isUsable(address.value)) {
      throw new PockerError('InvalidParameter', `take address ${text}: it is not one for containers in ${printSubnet(subnet)}`, {
        code: 'address-outside-subnet',
      })
    }
    if (this.#taken.has(address.value) || this.#kept.has(address.value)) {
      throw new PockerError('Conflict', `take address ${text}: Address already in use`, { code: 'address-in-use' })
    }
    this.#taken.add(address.value)
    return printAddress(address)
  }

  /**
   * Takes the one it had before if that is free, or else the one after the last that was taken: an address that has just been given
   * back is remembered elsewhere as somebody else's. `avoid` are those that others have asked for and will come for.
   * Errors: Unavailable `addresses-exhausted`.
   */
  take({ before, avoid }: { before?: string | undefined; avoid: ReadonlySet<string> }): string {
    const { subnet, range } = this.#options
    const old = before === undefined ? undefined : parseAddress(before)
    if (old !== undefined && contains(subnet, old) && this.#isFree(old.value, avoid)) {
      this.#taken.add(old.value)
      return printAddress(old)
    }
    const last = lastOf(range)
    const size = last - range.base + 1n
    // As many tries as could be in the way, and one more.
    const tries = BigInt(this.#taken.size + this.#kept.size + avoid.size) + 3n
    for (let attempt = 0n; attempt < tries && attempt < size; attempt++) {
      const value = this.#next
      this.#next = value === last ? range.base : value + 1n
      if (!this.#isFree(value, avoid)) continue
      this.#taken.add(value)
      return printAddress({ family: subnet.family, value })
    }
    throw new PockerError('Unavailable', `take an address of ${printSubnet(range)}: no available IPv${subnet.family} addresses`, {
      code: 'addresses-exhausted',
      hint: 'remove containers of this network, or make a larger one',
    })
  }

  /** Gives one back; one that nobody has changes nothing. */
  release(text: string): void {
    const address = parseAddress(text)
    if (address !== undefined) this.#taken.delete(address.value)
  }

  #isFree(value: bigint, avoid: ReadonlySet<string>): boolean {
    if (this.#taken.has(value) || this.#kept.has(value) || !this.#isUsable(value)) return false
    return avoid.size === 0 || !avoid.has(printAddress({ family: this.#options.subnet.family, value }))
  }

  /** In IPv4 the first is the subnet's own and the last means everybody; the first of IPv6 is any router's. */
  #isUsable(value: bigint): boolean {
    const { subnet } = this.#options
    if (subnet.family === 6) return value !== subnet.base
    return subnet.prefix >= 31 || (value !== subnet.base && value !== lastOf(subnet))
  }
}
