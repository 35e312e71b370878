/** Where what a container serves can be reached from this machine. */
import { z } from 'zod'
import type { Host } from '../../hosts/host.ts'
import type { ContainerRow, PortRow } from '../../model/rows.ts'

export interface Address {
  /** A name or address for `connect` and URLs. */
  readonly host: string
  readonly port: number
  /** The port in the container. */
  readonly inside: number
}

/** Of `GET /containers/{id}/json`. */
export const exposedSchema = z.object({
  Config: z.object({ ExposedPorts: z.record(z.string(), z.unknown()).nullish() }),
})

/** The published TCP ports of a container; of one that has the host's network those that `exposed` says it listens on (`80/tcp`). */
export function addressesOf({ ports, networkMode }: ContainerRow, exposed: readonly string[]): readonly Address[] {
  if (networkMode === 'host') return exposed.flatMap(ownPort)
  return ports.flatMap((port) => publishedPort(port))
}

/** Where an address of that host is reached from this machine: over a tunnel, where it is another one. Errors: of the connection. */
export async function fromHere<T extends Address | undefined>({ reach }: Pick<Host, 'reach'>, address: T): Promise<T> {
  if (address === undefined || reach === undefined) return address
  const port = await reach(address.host === 'localhost' ? '127.0.0.1' : address.host, address.port)
  return { ...address, host: 'localhost', port }
}

/** An address as people write it: `localhost:8080`. */
export function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function publishedPort({ container, protocol, host }: PortRow): readonly Address[] {
  if (host === undefined || protocol !== 'tcp') return []
  return [{ host: reachable(host.address), port: host.port, inside: container }]
}

function ownPort(name: string): readonly Address[] {
  const port = /^(\d{1,5})(?:\/tcp)?$/.exec(name)?.[1]
  return port === undefined || Number(port) < 1 || Number(port) > 65535
    ? []
    : [{ host: 'localhost', port: Number(port), inside: Number(port) }]
}

// What listens everywhere, or on the loopback's usual address, is reached by the name that browsers trust most.
function reachable(address: string): string {
  return address === '' || address === '0.0.0.0' || address === '::' || address === '127.0.0.1' || address === '::1' ? 'localhost' : address
}
