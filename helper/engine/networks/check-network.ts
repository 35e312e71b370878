/** What a request to make a network says, checked. */
import { randomBytes } from 'node:crypto'
import { PockerError } from '../../api/errors.ts'
import type { IpamConfig, NetworkCreateRequest } from '../../api/network.ts'
import {
  contains,
  lastOf,
  overlaps,
  parseAddress,
  parseSubnet,
  printAddress,
  printSubnet,
  type Subnet,
  subnetOf,
} from '../../network/address.ts'
import { chooseIpv6Subnet, chooseSubnet } from '../../network/choose-subnet.ts'
import { OPTION, type SubnetRecord } from '../../network/network-record.ts'

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/
/** IFNAMSIZ without its NUL; no slash, no space, and nothing that means a pattern to others. */
const DEVICE = /^[a-zA-Z0-9_.-]{1,15}$/
const PREDEFINED = ['bridge', 'host', 'none', 'default']

/**
 * Everything of a request but its subnets.
 * Errors: InvalidParameter `bad-network-name`, `bad-network-option`; Forbidden `predefined-network`; NotFound `no-such-network-driver`;
 * NotImplemented `network-kind-not-available`.
 */
export function checkNetworkRequest(request: NetworkCreateRequest): void {
  const { Name, Driver = '', Options = {} } = request
  if (PREDEFINED.includes(Name)) {
    throw new PockerError('Forbidden', `operation is not permitted on predefined ${Name} network`, { code: 'predefined-network' })
  }
  if (!NAME.test(Name) || Name.length > 255) {
    throw invalid('bad-network-name', `make network '${Name}': a name is letters, digits and _ . - and starts with a letter or digit`)
  }
  if (Driver !== '' && Driver !== 'bridge') {
    throw new PockerError('NotFound', `make network ${Name}: network driver "${Driver}" not found`, {
      code: 'no-such-network-driver',
      hint: 'Pocker has the driver bridge',
    })
  }
  const kinds = { Ingress: request.Ingress, ConfigOnly: request.ConfigOnly, ConfigFrom: (request.ConfigFrom?.Network ?? '') !== '' }
  for (const [kind, isAsked] of Object.entries(kinds)) {
    if (isAsked === true)
      throw new PockerError('NotImplemented', `make network ${Name}: networks of kind ${kind} are for swarms`, {
        code: 'network-kind-not-available',
      })
  }
  const ipam = request.IPAM?.Driver ?? ''
  if (ipam !== '' && ipam !== 'default') throw invalid('bad-network-option', `make network ${Name}: there is no IPAM driver "${ipam}"`)
  if (request.EnableIPv4 === false) throw invalid('bad-network-option', `make network ${Name}: every network has IPv4`)
  checkOptions(Name, Options)
}

function checkOptions(network: string, options: Readonly<Record<string, string>>): void {
  const bad = (option: string) => invalid('bad-network-option', `make network ${network}: ${option} cannot be '${options[option]}'`)
  const { [OPTION.bridgeName]: device, [OPTION.mtu]: mtu, [OPTION.hostAddress]: address } = options
  if (device !== undefined && (!DEVICE.test(device) || device === '.' || device === '..')) throw bad(OPTION.bridgeName)
  if (mtu !== undefined && (!/^\d{1,5}$/.test(mtu) || Number(mtu) < 68 || Number(mtu) > 65535)) throw bad(OPTION.mtu)
  if (address !== undefined && parseAddress(address) === undefined) throw bad(OPTION.hostAddress)
  for (const option of [OPTION.talk, OPTION.masquerade]) {
    const value = options[option]
    if (value !== undefined && value !== 'true' && value !== 'false') throw bad(option)
  }
}

/**
 * The subnets of a new network: those that are asked for, and chosen ones for what is not.
 * Errors: InvalidParameter `bad-subnet`; Forbidden `subnet-overlaps`; Unavailable `subnets-exhausted`.
 */
export function chooseSubnets(
  request: NetworkCreateRequest,
  { own, routed }: { own: readonly Subnet[]; routed: readonly Subnet[] },
): SubnetRecord[] {
  const asked = (request.IPAM?.Config ?? []).filter(({ Subnet: subnet = '' }) => subnet !== '').map(readConfig)
  const subnets = asked.map(({ subnet }) => parseSubnet(subnet)).filter((subnet) => subnet !== undefined)
  for (const [index, subnet] of subnets.entries()) {
    const other = [...own, ...subnets.slice(0, index)].find((known) => overlaps(known, subnet))
    if (other !== undefined) {
      throw new PockerError(
        'Forbidden',
        `make network ${request.Name}: Pool overlaps with other one on this address space: ${printSubnet(subnet)} and ${printSubnet(other)}`,
        { code: 'subnet-overlaps', hint: 'take another subnet, or none to have one chosen' },
      )
    }
  }
  for (const family of [4, 6] as const) {
    if (subnets.filter((subnet) => subnet.family === family).length > 1)
      throw invalid('bad-subnet', `make network ${request.Name}: one subnet of IPv${family} is all that a network can have`)
  }
  const has = (family: 4 | 6) => subnets.some((subnet) => subnet.family === family)
  const chosen: SubnetRecord[] = []
  if (!has(4)) chosen.push({ ...firstAddress(chooseSubnet([...own, ...routed])), auxiliary: {}, chosen: true })
  if (request.EnableIPv6 === true && !has(6))
    chosen.push({ ...firstAddress(chooseIpv6Subnet(randomBytes(7))), auxiliary: {}, chosen: true })
  if (request.EnableIPv6 !== true && has(6))
    throw invalid('bad-subnet', `make network ${request.Name}: an IPv6 subnet needs IPv6 to be enabled (--ipv6)`)
  return [...chosen, ...asked].sort((left, right) => Number(left.subnet.includes(':')) - Number(right.subnet.includes(':')))
}

function readConfig(config: IpamConfig): SubnetRecord {
  const { Subnet: written = '', IPRange = '', Gateway = '', AuxiliaryAddresses, AuxAddress } = config
  const subnet = parseSubnet(written)
  const smallest = subnet?.family === 4 ? 30 : 126
  if (subnet === undefined || subnet.prefix > smallest || subnet.prefix < 8)
    throw invalid('bad-subnet', `use subnet '${written}': it must be one such as 10.5.0.0/16, from /8 to /${smallest}`)
  const range = IPRange === '' ? undefined : parseSubnet(IPRange)
  if (IPRange !== '' && (range === undefined || !isWithin(range, subnet)))
    throw invalid('bad-subnet', `use range '${IPRange}': it is not a part of ${printSubnet(subnet)}`)
  const auxiliary = { ...AuxiliaryAddresses, ...AuxAddress }
  for (const address of [...(Gateway === '' ? [] : [Gateway]), ...Object.values(auxiliary)]) {
    const parsed = parseAddress(address)
    if (parsed === undefined || !contains(subnet, parsed) || parsed.value === subnet.base)
      throw invalid('bad-subnet', `use address '${address}': it is not one of ${printSubnet(subnet)}`)
  }
  return {
    ...firstAddress(subnet),
    ...(range === undefined ? {} : { range: printSubnet(range) }),
    ...(Gateway === '' ? {} : { gateway: printAddress(parseAddress(Gateway) ?? { family: 4, value: 0n }) }),
    auxiliary,
    chosen: false,
  }
}

/** A subnet with the address that a bridge has in it when none is asked for. */
export function firstAddress(subnet: Subnet): { subnet: string; gateway: string } {
  return { subnet: printSubnet(subnet), gateway: printAddress({ family: subnet.family, value: subnet.base + 1n }) }
}

function isWithin(part: Subnet, whole: Subnet): boolean {
  return (
    part.family === whole.family &&
    part.base >= whole.base &&
    lastOf(part) <= lastOf(whole) &&
    subnetOf({ family: part.family, value: part.base }, whole.prefix).base === whole.base
  )
}

function invalid(code: string, message: string): PockerError {
  return new PockerError('InvalidParameter', message, { code })
}
