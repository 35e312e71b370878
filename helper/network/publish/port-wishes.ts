/** What a request publishes, port by port. Pure. */
import { isIP } from 'node:net'
import { PockerError } from '../../api/errors.ts'
import type { PortBinding } from '../../api/host-config.ts'

export interface PortWish {
  readonly protocol: 'tcp' | 'udp'
  /** In the container. */
  readonly port: number
  /** Empty: wherever ports are published that say nothing. */
  readonly hostAddress: string
  /** The host's: the first of these that is free. 0 to 0 is any. */
  readonly first: number
  readonly last: number
}

/**
 * The ports that are published: those with bindings, and with `all` every exposed one, at any port of the host.
 * Errors: InvalidParameter `bad-port`; NotImplemented `sctp-not-available`.
 */
export function portWishes(
  bindings: Readonly<Record<string, readonly PortBinding[] | null>>,
  { all, exposed }: { all: boolean; exposed: readonly string[] },
): PortWish[] {
  const bound = Object.entries(bindings).flatMap(([key, list]) => (list ?? []).map((binding) => readBinding(key, binding)))
  if (!all) return bound
  const rest = exposed.filter((key) => (bindings[normal(key)] ?? bindings[key] ?? []).length === 0)
  return [...bound, ...rest.map((key) => readBinding(key, {}))]
}

/** `80/tcp`, also for what says no protocol. Errors: `bad-port`, `sctp-not-available`. */
export function parsePort(key: string): { port: number; protocol: 'tcp' | 'udp' } {
  const [, digits = '', protocol = 'tcp'] = /^(\d{1,5})(?:\/(\w+))?$/.exec(key) ?? []
  const port = Number(digits)
  if (digits === '' || port < 1 || port > 65535) throw invalid(`publish port '${key}': it must be one such as 80/tcp`)
  const name = protocol.toLowerCase()
  if (name === 'sctp') {
    throw new PockerError('NotImplemented', `publish port ${key}: SCTP cannot be published, only TCP and UDP`, {
      code: 'sctp-not-available',
    })
  }
  if (name !== 'tcp' && name !== 'udp') throw invalid(`publish port '${key}': ${protocol} has no ports that can be published`)
  return { port, protocol: name }
}

function readBinding(key: string, { HostIp = '', HostPort = '' }: PortBinding): PortWish {
  if (HostIp !== '' && isIP(HostIp) === 0) throw invalid(`publish port ${key}: '${HostIp}' is not an address`)
  const [, low = '0', high = low] = /^(?:(\d{1,5})(?:-(\d{1,5}))?)?$/.exec(HostPort) ?? [undefined, '-1']
  const [first, last] = [Number(low), Number(high)]
  if (first < 0 || last > 65535 || last < first) throw invalid(`publish port ${key}: '${HostPort}' is no port of this host`)
  return { ...parsePort(key), hostAddress: HostIp, first, last }
}

function normal(key: string): string {
  return key.includes('/') ? key : `${key}/tcp`
}

function invalid(message: string): PockerError {
  return new PockerError('InvalidParameter', message, { code: 'bad-port' })
}
