import { isIP } from 'node:net'
import { invalid } from './invalid.ts'

/** `--add-host name:ip` or `name=ip`, IPv6 also in brackets, or `host-gateway`; as the API takes it, `name:ip`. Errors: `invalid-host`. */
export function parseExtraHost(text: string): string {
  const match = /^([^=:]+)(?:=|:)(.*)$/s.exec(text)
  const [, name = '', written = ''] = match ?? []
  if (match === null) throw invalid('invalid-host', `bad format for add-host: "${text}"`)
  const address = written.startsWith('[') && written.endsWith(']') ? written.slice(1, -1) : written
  if (address !== 'host-gateway' && isIP(address) === 0) throw invalid('invalid-host', `invalid IP address in add-host: "${written}"`)
  return `${name}:${address}`
}

/** An IP address, as `--dns` and `--ip` take it. Errors: `invalid-address`. */
export function parseAddress(text: string): string {
  const address = text.trim()
  if (isIP(address) === 0) throw invalid('invalid-address', `IP address is not correctly formatted: ${text}`)
  return address
}

/** A domain for `--dns-search`; `.` is the empty list. Errors: `invalid-domain`. */
export function parseSearchDomain(text: string): string {
  const domain = text.trim()
  if (domain === '.' || (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?$/i.test(domain) && domain.length < 255))
    return domain
  throw invalid('invalid-domain', `${text} is not a valid domain`)
}

/** A MAC address. Errors: `invalid-mac-address`. */
export function parseMacAddress(text: string): string {
  if (/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text)) return text
  throw invalid('invalid-mac-address', `${text} is not a valid mac address`)
}
