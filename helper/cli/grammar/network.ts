import type { EndpointSettings } from '../../api/network.ts'
import { parseCsv } from './csv.ts'
import { parseAddress, parseMacAddress } from './host.ts'
import { invalid } from './invalid.ts'
import { splitOnce } from './key-values.ts'

export interface NetworkChoice {
  readonly name: string
  readonly endpoint: EndpointSettings
}

/**
 * One `--network` value: a mode or name (`none`, `host`, `container:ID`, `backend`), or fields `name=backend,alias=db,ip=10.0.0.2`.
 * Follows opts.NetworkOpt of the Docker CLI. Errors: `invalid-network`, `invalid-address`, `invalid-mac-address`.
 */
export function parseNetwork(text: string): NetworkChoice {
  if (!/\w+=\w+/.test(text)) {
    if (text.trim() === '') throw invalid('invalid-network', 'no name set for network')
    return { name: text, endpoint: {} }
  }
  let name = ''
  const endpoint: EndpointSettings = {}
  for (const field of parseCsv(text)) {
    const [key, value] = splitOnce(field, '=').map((part) => part.trim())
    if (key === 'name') name = value ?? ''
    else setField(endpoint, key ?? '', value ?? '')
  }
  if (name === '') throw invalid('invalid-network', 'network name/id is not specified')
  return { name, endpoint }
}

function setField(endpoint: EndpointSettings, key: string, value: string): void {
  const addresses = endpoint.IPAMConfig ?? {}
  switch (key) {
    case 'alias':
      endpoint.Aliases = [...(endpoint.Aliases ?? []), value]
      return
    case 'ip':
      endpoint.IPAMConfig = { ...addresses, IPv4Address: parseAddress(value) }
      return
    case 'ip6':
      endpoint.IPAMConfig = { ...addresses, IPv6Address: parseAddress(value) }
      return
    case 'link-local-ip':
      endpoint.IPAMConfig = { ...addresses, LinkLocalIPs: [...(addresses.LinkLocalIPs ?? []), parseAddress(value)] }
      return
    case 'mac-address':
      endpoint.MacAddress = parseMacAddress(value)
      return
    case 'driver-opt': {
      const [option, setting] = splitOnce(value, '=')
      endpoint.DriverOpts = { ...endpoint.DriverOpts, [option]: setting }
      return
    }
    default:
      throw invalid('invalid-network', `invalid field key ${key}`)
  }
}

/** Whether a network's name is one that a user made, rather than one of the engine's modes. */
export function isUserDefined(name: string): boolean {
  return !['default', 'bridge', 'host', 'none'].includes(name) && !name.startsWith('container:')
}
