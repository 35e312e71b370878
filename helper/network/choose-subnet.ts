/** A subnet for a network that was given none. */
import { PockerError } from '../api/errors.ts'
import { overlaps, type Subnet, subnetOf } from './address.ts'

/** 4,094 addresses: a bridge has at most 1,024 ports. */
const PREFIX = 20

/**
 * Docker's own ranges, from the other end, so that the two on one machine meet late: 172.29.0.0 down to 172.18.0.0, then those in
 * 192.168. Not 172.31 and 172.30, where clouds put their machines.
 */
const POOLS: readonly Subnet[] = [...Array.from({ length: 12 }, (_, index) => pool([172, 29 - index])), pool([192, 168])]

function pool([first = 0, second = 0]: readonly number[]): Subnet {
  return { family: 4, base: BigInt(first * 256 + second) << 16n, prefix: 16 }
}

/** The first that meets none of `taken`. Errors: Unavailable `subnets-exhausted`. */
export function chooseSubnet(taken: readonly Subnet[]): Subnet {
  const step = 1n << BigInt(32 - PREFIX)
  for (const { base } of POOLS) {
    for (let offset = 0n; offset < 1n << 16n; offset += step) {
      const candidate: Subnet = { family: 4, base: base + offset, prefix: PREFIX }
      if (!taken.some((other) => overlaps(candidate, other))) return candidate
    }
  }
  throw new PockerError('Unavailable', 'choose a subnet: could not find an available, non-overlapping IPv4 address pool', {
    code: 'subnets-exhausted',
    hint: 'remove networks that nobody uses (pocker network prune), or say which subnet to take',
  })
}

/** A subnet of the locally assigned IPv6 range: random bits make it one that nobody else has (RFC 4193). */
export function chooseIpv6Subnet(random: Uint8Array): Subnet {
  const bits = random.subarray(0, 7).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0xfdn)
  return subnetOf({ family: 6, value: bits << 64n }, 64)
}
