import * as l10n from '@vscode/l10n'
import type { PortRow } from '../../model/rows.ts'

/** A row has room for so many. */
const MOST = 3

/** The published ports, for a row: `8080→80, *:53→53/udp`; what other machines reach too has a star. Nothing without any. */
export function portsText(ports: readonly PortRow[]): string | undefined {
  const published = ports.filter(({ host }) => host !== undefined)
  if (published.length === 0) return undefined
  const first = published.slice(0, MOST).map(portText).join(', ')
  const more = published.length - MOST
  return more > 0 ? l10n.t('{0} and {1} more', first, more) : first
}

/** One port, `127.0.0.1` being left out: `8080→80`, `*:53→53/udp`, `192.0.2.1:80→80`; `80` alone when it is not published. */
export function portText({ container, protocol, host }: PortRow): string {
  const suffix = protocol === 'tcp' ? '' : `/${protocol}`
  if (host === undefined) return `${container}${suffix}`
  return `${addressText(host.address)}${host.port}→${container}${suffix}`
}

function addressText(address: string): string {
  if (address.startsWith('127.') || address === '::1') return ''
  if (address === '' || address === '0.0.0.0' || address === '::') return '*:'
  return address.includes(':') ? `[${address}]:` : `${address}:`
}
