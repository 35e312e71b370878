/** Ports as people write them: `8080:80`, `127.0.0.1:8080:80`, `*:53:53/udp`, or `80` for any free port of the machine. */

import { isIP } from 'node:net'
import * as l10n from '@vscode/l10n'
import type { Checked } from '../text/checked.ts'

export type Protocol = 'tcp' | 'udp' | 'sctp'

export interface PublishedPort {
  readonly container: number
  readonly protocol: Protocol
  /** Absent: the engine takes a free one. */
  readonly host?: number
  /** On which of the machine's addresses. Empty is what the engine takes then: Docker and Podman all of them. */
  readonly address: string
}

/** Only this machine reaches it: what is opened to others has to be asked for. */
export const LOOPBACK = '127.0.0.1'
/** Said, where it is meant: without an address Pocker takes the loopback's, Docker all. */
const EVERYWHERE = '0.0.0.0'

const form = () => l10n.t('Write it as 8080:80, or 127.0.0.1:8080:80/tcp.')

/** Reads one published port. Without an address it is the loopback's; `*` is all addresses. */
export function parsePort(text: string): Checked<PublishedPort> {
  const [ports = '', protocolText = 'tcp', ...more] = text.trim().split('/')
  const protocol = parseProtocol(protocolText)
  if (protocol === undefined || more.length > 0) return { problem: l10n.t('The protocol is tcp, udp or sctp.') }
  const parts = ports.split(':')
  const container = parsePortNumber(parts.pop() ?? '')
  if (container === undefined) return { problem: form() }
  const hostText = parts.pop() ?? ''
  const address = parseAddress(parts)
  if (address === undefined) return { problem: l10n.t('The part before the ports must be an address such as 127.0.0.1, or * for all.') }
  if (hostText === '') return { value: { container, protocol, address } }
  const host = parsePortNumber(hostText)
  if (host === undefined) return { problem: form() }
  return { value: { container, protocol, host, address } }
}

/** The shortest text that `parsePort` reads as this port. */
export function portText({ container, protocol, host, address }: PublishedPort): string {
  const suffix = protocol === 'tcp' ? '' : `/${protocol}`
  if (address === LOOPBACK) return `${host === undefined ? '' : `${host}:`}${container}${suffix}`
  return `${addressText(address)}:${host ?? ''}:${container}${suffix}`
}

/** A port for a row: `8080 → 80`. */
export function portArrow({ container, protocol, host, address }: PublishedPort): string {
  const from = address === LOOPBACK ? '' : `${addressText(address)}:`
  return `${from}${host ?? l10n.t('any')} → ${container}${protocol === 'tcp' ? '' : `/${protocol}`}`
}

/** Whether other machines reach it. */
export function isOpenToOthers({ address }: PublishedPort): boolean {
  return !address.startsWith('127.') && address !== '::1'
}

/** Reads the API's name of a container's port: `80/tcp`, or `80`. */
export function parsePortName(name: string): { readonly port: number; readonly protocol: Protocol } | undefined {
  const [number = '', protocolText = 'tcp', ...more] = name.split('/')
  const port = parsePortNumber(number)
  const protocol = parseProtocol(protocolText)
  return port === undefined || protocol === undefined || more.length > 0 ? undefined : { port, protocol }
}

/** A whole number from 1 to 65535. */
export function parsePortNumber(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined
  const port = Number(text)
  return port >= 1 && port <= 65535 ? port : undefined
}

function parseProtocol(text: string): Protocol | undefined {
  const name = text.toLowerCase()
  return name === 'tcp' || name === 'udp' || name === 'sctp' ? name : undefined
}

function parseAddress(parts: readonly string[]): string | undefined {
  const written = parts.join(':')
  if (parts.length === 0) return LOOPBACK
  if (written === '*') return EVERYWHERE
  const address = written.startsWith('[') && written.endsWith(']') ? written.slice(1, -1) : written
  return isIP(address) === 0 ? undefined : address
}

function addressText(address: string): string {
  if (address === '' || address === EVERYWHERE) return '*'
  return address.includes(':') ? `[${address}]` : address
}
