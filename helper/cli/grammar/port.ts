import { isIP } from 'node:net'
import { invalid } from './invalid.ts'

export interface PortBinding {
  readonly HostIp: string
  readonly HostPort: string
}

export interface PublishedPort {
  /** As the API names it: `80/tcp`. */
  readonly port: string
  readonly binding: PortBinding
}

interface Range {
  readonly first: number
  readonly last: number
}

/**
 * The ports that one `--publish` value stands for: `[[ip:]host:]container[/protocol]`, where host and container may be ranges of the
 * same length, or host a range to choose one port from. Also Docker's long form `published=8080,target=80,protocol=tcp`.
 * Follows nat.ParsePortSpec of go-connections. Errors: `invalid-port`.
 */
export function parsePublish(text: string): PublishedPort[] {
  const spec = text.includes('=') ? shortForm(text) : text
  const { address, host, container } = split(spec)
  const { ports, protocol } = splitProtocol(container)
  if (ports === '') throw invalid('invalid-port', `no port specified: ${text}<empty>`)
  const inside = parseRange(ports)
  const outside = host === '' ? undefined : parseRange(host)
  const width = inside.last - inside.first
  if (outside !== undefined && outside.last - outside.first !== width && width > 0) {
    throw invalid('invalid-port', `invalid ranges specified for container and host Ports: ${ports} and ${host}`)
  }
  return Array.from({ length: width + 1 }, (_, offset) => ({
    port: `${inside.first + offset}/${protocol}`,
    binding: { HostIp: address, HostPort: hostPort(outside, width, offset) },
  }))
}

/** The ports that one `--expose` value stands for: `port[-port][/protocol]`. Errors: `invalid-port`. */
export function parseExpose(text: string): string[] {
  if (text.includes(':')) throw invalid('invalid-port', `invalid port format for --expose: ${text}`)
  const { ports, protocol } = splitProtocol(text)
  const range = parseRange(ports)
  return Array.from({ length: range.last - range.first + 1 }, (_, offset) => `${range.first + offset}/${protocol}`)
}

function hostPort(outside: Range | undefined, width: number, offset: number): string {
  if (outside === undefined) return ''
  // One container port and several host ports: the engine takes the first free one.
  if (width === 0 && outside.last > outside.first) return `${outside.first}-${outside.last}`
  return String(outside.first + offset)
}

function split(spec: string): { address: string; host: string; container: string } {
  const parts = spec.split(':')
  const container = parts.pop() ?? ''
  const host = parts.pop() ?? ''
  const written = parts.join(':')
  const address = written.startsWith('[') && written.endsWith(']') ? written.slice(1, -1) : written
  if (written !== '' && isIP(address) === 0) throw invalid('invalid-port', `invalid IP address: ${written}`)
  return { address, host, container }
}

function splitProtocol(text: string): { ports: string; protocol: string } {
  const [ports = '', protocol = '', ...rest] = text.split('/')
  const name = protocol === '' ? 'tcp' : protocol.toLowerCase()
  if (rest.length > 0 || !['tcp', 'udp', 'sctp'].includes(name))
    throw invalid('invalid-port', `invalid proto: ${text.slice(ports.length + 1)}`)
  return { ports, protocol: name }
}

function parseRange(text: string): Range {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text)
  const first = Number(match?.[1])
  const last = Number(match?.[2] ?? match?.[1])
  if (match === null || first > 65535 || last > 65535 || last < first)
    throw invalid('invalid-port', `invalid range specified for port: ${text}`)
  return { first, last }
}

function shortForm(text: string): string {
  const fields = new Map([['protocol', 'tcp']])
  for (const field of text.split(',')) {
    const equals = field.indexOf('=')
    if (equals < 1) throw invalid('invalid-port', `invalid publish opts format (should be name=value but got '${field}')`)
    fields.set(field.slice(0, equals), field.slice(equals + 1))
  }
  return `${fields.get('published') ?? ''}:${fields.get('target') ?? ''}/${fields.get('protocol') ?? ''}`
}
