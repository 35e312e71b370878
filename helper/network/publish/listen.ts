/**
 * A published port's own socket on this host. It keeps the port from others, and says at once when somebody has it; and it serves
 * what the packet filter does not lead to the container: all of it where there is none, and IPv6 connections to containers without.
 */
import { type AddressInfo, isIPv6 } from 'node:net'
import { PockerError } from '../../api/errors.ts'
import { proxyTcp } from './proxy-tcp.ts'
import { proxyUdp } from './proxy-udp.ts'

/** Where connections go. */
export interface Target {
  readonly address: string
  readonly port: number
}

export interface ListenOptions {
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  /** 0: any that is free. */
  readonly port: number
  readonly target: Target
}

export interface Listener {
  readonly port: number
  close(): void
}

/**
 * Errors: Conflict `port-in-use`, InvalidParameter `no-such-host-address`, Forbidden `port-not-allowed`.
 */
export async function listenAt(options: ListenOptions): Promise<Listener> {
  try {
    const socket = await (options.protocol === 'tcp' ? proxyTcp(options) : proxyUdp(options))
    return { port: portOf(socket.address()), close: () => socket.close() }
  } catch (error) {
    throw explain(error, options)
  }
}

/** `127.0.0.1:8080/tcp`. */
export function printPort({ protocol, address, port }: { protocol: string; address: string; port: number }): string {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}/${protocol}`
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}

function explain(error: unknown, options: ListenOptions): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const at = `publish port ${printPort(options)}`
  switch (code) {
    case 'EADDRINUSE':
      return new PockerError('Conflict', `${at}: port is already allocated`, { code: 'port-in-use', cause: error })
    case 'EADDRNOTAVAIL':
      return new PockerError('InvalidParameter', `${at}: this host has no address ${options.address}`, {
        code: 'no-such-host-address',
        cause: error,
      })
    case 'EACCES':
      return new PockerError('Forbidden', `${at}: this port is not the helper's to take`, { code: 'port-not-allowed', cause: error })
    default:
      return error
  }
}
