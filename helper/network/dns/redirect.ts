/** The rules in a container's own namespace that lead questions to 127.0.0.11 to the ports where its name server is. Pure. */
import { be16 } from '../../linux/netlink/attributes.ts'
import { compare, destinationNat, immediate, meta, payload } from '../../linux/netlink/expressions.ts'
import type { Message } from '../../linux/netlink/message.ts'
import { deleteTable, makeTable, NFPROTO, newChain, newRule, newTable } from '../../linux/netlink/nftables.ts'

export interface RedirectPorts {
  readonly udp: number
  readonly tcp: number
}

const TABLE = { family: NFPROTO.IPV4, name: 'pocker-names' }
const DADDR = 16
const DESTINATION_PORT = 2
const PROTOCOL = { tcp: 6, udp: 17 } as const

/**
 * With `replace` what an earlier helper has left there goes; without, that is an error (EEXIST). Removing a table has the socket wait for
 * all processors when it is closed, 5 ms or more, which a new namespace need not pay for.
 */
export function redirectMessages(ports: RedirectPorts, { replace }: { replace: boolean }): Message[] {
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
    ...(replace ? [newTable(TABLE), deleteTable(TABLE), newTable(TABLE)] : [makeTable(TABLE)]),
    newChain(TABLE, { name: 'output', type: 'nat', hook: 'output', priority: -100 }),
    rule('udp'),
    rule('tcp'),
  ]
}
