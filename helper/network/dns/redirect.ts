/** The rules in a container's own namespace that lead questions to 127.0.0.11 to the ports where its name server is. Pure. */
import { be16 } from '../../linux/netlink/attributes.ts'
import { compare, destinationNat, immediate, meta, payload } from '../../linux/netlink/expressions.ts'
import type { Message } from '../../linux/netlink/message.ts'
import { deleteTable, NFPROTO, newChain, newRule, newTable } from '../../linux/netlink/nftables.ts'

const TABLE = { family: NFPROTO.IPV4, name: 'pocker-names' }
const DADDR = 16
const DESTINATION_PORT = 2
const PROTOCOL = { tcp: 6, udp: 17 } as const

/** Whatever an earlier helper has left there is replaced. */
export function redirectMessages(ports: { readonly udp: number; readonly tcp: number }): Message[] {
  const rule = (protocol: 'tcp' | 'udp') =>
    newRule(TABLE, 'output', [
      payload('network', DADDR, 4),
      compare('equal', Uint8Array.of(127, 0, 0, 11)),
      meta('protocol'),
      compare('equal', Uint8Array.of(PROTOCOL[protocol])),
      payload('transport', DESTINATION_PORT, 2),
      compare('equal', be16(53)),
      immediate(be16(ports[protocol])),
      destinationNat(NFPROTO.IPV4, { port: 1 }),
    ])
  return [
    newTable(TABLE),
    deleteTable(TABLE),
    newTable(TABLE),
    newChain(TABLE, { name: 'output', type: 'nat', hook: 'output', priority: -100 }),
    rule('udp'),
    rule('tcp'),
  ]
}
