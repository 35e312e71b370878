import { isIP } from 'node:net'
import { invalid } from './refuse.ts'

export interface ExtraHost {
  readonly name: string
  /** Undefined: the host itself, by the address under which the container's network reaches it. */
  readonly address: string | undefined
}

/**
 * One of ExtraHosts: `name:address` or `name=address`, the address perhaps in brackets, or `host-gateway`.
 * Errors: `bad-extra-host`.
 */
export function parseExtraHost(text: string): ExtraHost {
  const [, name = '', rest = ''] = /^([^:=]+)[:=](.+)$/.exec(text) ?? []
  if (!/^[a-zA-Z0-9_]([a-zA-Z0-9_.-]{0,252})$/.test(name)) throw bad(text)
  if (rest === 'host-gateway') return { name, address: undefined }
  const address = /^\[(.+)\]$/.exec(rest)?.[1] ?? rest
  if (isIP(address) === 0 || address.includes('%')) throw bad(text)
  return { name, address }
}

function bad(text: string): Error {
  return invalid('bad-extra-host', `add host '${text}': it must be name:address, such as db:10.0.0.5 or me:host-gateway`)
}
