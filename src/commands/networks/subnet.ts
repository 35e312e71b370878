/** Subnets as people write them, checked before an engine is asked. */
import { BlockList, isIP } from 'node:net'
import * as l10n from '@vscode/l10n'
import type { NetworkRow } from '../../model/rows.ts'
import type { Checked } from '../../text/checked.ts'

export interface Subnet {
  readonly text: string
  readonly family: 'ipv4' | 'ipv6'
  readonly address: string
  readonly prefix: number
}

/** Reads none, one, or one of IPv4 and one of IPv6 with a comma between. `known` are the networks that the host has. */
export function parseSubnets(text: string, known: readonly NetworkRow[]): Checked<readonly Subnet[]> {
  const parts = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
  const subnets: Subnet[] = []
  for (const part of parts) {
    const subnet = parseSubnet(part)
    if (subnet === undefined) return { problem: l10n.t('Write it as 10.5.0.0/16, or leave it empty to have one chosen.') }
    if (!isBase(subnet)) return { problem: l10n.t('{0} is an address inside of a subnet: write the subnet’s first one.', part) }
    if (subnets.some(({ family }) => family === subnet.family)) return { problem: l10n.t('One subnet of IPv4 and one of IPv6 at most.') }
    const other = known.find((row) => row.subnets.some((its) => overlaps(subnet, parseSubnet(its))))
    if (other !== undefined) return { problem: l10n.t('It overlaps the network “{0}”, {1}.', other.name, other.subnets.join(', ')) }
    subnets.push(subnet)
  }
  return { value: subnets }
}

/** Nothing when it is none: a bridge needs room for itself and a container. */
function parseSubnet(text: string): Subnet | undefined {
  const [, address = '', digits = ''] = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(text) ?? []
  const version = isIP(address)
  const prefix = Number(digits)
  if (version === 0 || prefix < 8 || prefix > (version === 4 ? 30 : 126)) return undefined
  return { text, family: version === 4 ? 'ipv4' : 'ipv6', address, prefix }
}

// IPv4 only: an engine says it of IPv6, where nobody counts bits.
function isBase({ family, address, prefix }: Subnet): boolean {
  if (family === 'ipv6') return true
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  return value % 2 ** (32 - prefix) === 0
}

function overlaps(one: Subnet, other: Subnet | undefined): boolean {
  return other !== undefined && one.family === other.family && (contains(one, other) || contains(other, one))
}

function contains({ address, prefix, family }: Subnet, other: Subnet): boolean {
  const list = new BlockList()
  list.addSubnet(address, prefix, family)
  return list.check(other.address, family)
}
