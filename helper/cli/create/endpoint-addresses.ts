import type { EndpointSettings } from '../../api/network.ts'
import type { Flags } from '../flags.ts'
import { parseAddress } from '../grammar/host.ts'
import { unlessEmpty, withoutUndefined } from './without-undefined.ts'

/** What `--ip`, `--ip6` and `--link-local-ip` ask for; undefined when nothing is. Errors: `invalid-address`. */
export function endpointAddresses(flags: Flags): EndpointSettings['IPAMConfig'] | undefined {
  const config = withoutUndefined({
    IPv4Address: flags.parsed('ip', parseAddress),
    IPv6Address: flags.parsed('ip6', parseAddress),
    LinkLocalIPs: unlessEmpty(flags.parsedList('link-local-ip', parseAddress)),
  })
  return Object.keys(config).length === 0 ? undefined : config
}
