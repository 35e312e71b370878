import type { NetlinkSocket } from '../linux/netlink/netlink-socket.ts'
import { listChains, readChain } from '../linux/netlink/nftables.ts'

/**
 * The chain that drops what this host forwards, such as `ip filter FORWARD` of Docker or ufw; undefined: there is none. What one table
 * accepts, another may still drop: then containers reach nothing outside, and rules cannot lead to them. Errors: NetlinkError.
 */
export function chainThatDrops(socket: NetlinkSocket): string | undefined {
  const chains = socket.dump(listChains()).map(readChain)
  const found = chains.find(({ hook, drops, family }) => hook === 'forward' && drops && family !== 'ip6')
  return found === undefined ? undefined : `${found.family} ${found.table} ${found.name}`
}
