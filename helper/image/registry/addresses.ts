/** Addresses and host names: which are this machine, which are nobody's business. */
import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

const linkLocal = new BlockList()
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4')
linkLocal.addSubnet('fe80::', 10, 'ipv6')
// Amazon's metadata service over IPv6.
linkLocal.addAddress('fd00:ec2::254', 'ipv6')

/** A host without its port and brackets. */
export function hostName(host: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(host)
  return bracketed?.[1] ?? host.replace(/:[0-9]*$/, '')
}

/** This machine, by its address or as `localhost`: what another name means is only known to whoever answers for it. */
export function isLoopback(host: string): boolean {
  const name = hostName(host).toLowerCase()
  return name === 'localhost' || name.endsWith('.localhost') || contains(loopback, name)
}

/** Where clouds hand out secrets to whoever asks from this machine. */
export function isLinkLocal(host: string): boolean {
  return contains(linkLocal, hostName(host))
}

/** Whether the host is an address in that network, `10.0.0.0/8`. Names are not looked up. */
export function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits] = network.split('/')
  const family = isIP(address)
  if (family === 0 || bits === undefined || !/^[0-9]{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false
  const list = new BlockList()
  list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  return contains(list, hostName(host))
}

/** For addresses that a registry chose: a name that leads to a link-local address is refused as the address itself is. */
export const guardedLookup: LookupFunction = (name, options, callback) => {
  lookup(name, options, (error, address, family) => {
    const found = typeof address === 'string' ? [address] : (address ?? []).map((entry) => entry.address)
    if (error === null && found.some(isLinkLocal)) {
      callback(Object.assign(new Error(`${name} is a link-local address`), { code: 'ELINKLOCAL' }), address, family)
      return
    }
    callback(error, address, family)
  })
}

function contains(list: BlockList, name: string): boolean {
  // `::ffff:169.254.169.254` is checked as the IPv4 address it is: BlockList does so by itself.
  const family = isIP(name)
  return family !== 0 && list.check(name, family === 4 ? 'ipv4' : 'ipv6')
}
