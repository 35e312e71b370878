/** What people write for a machine: a name of `~/.ssh/config`, `user@host:port`, or `ssh://user@host:port`. */
import { PockerError } from '../helper/api/errors.ts'

export interface SshAddress {
  readonly user?: string
  /** A name, a number, or an alias of the configuration. */
  readonly host: string
  readonly port?: number
  /** The socket of an engine of somebody else's there, as Docker takes it in `ssh://host/path`. */
  readonly socket?: string
}

/** Errors: InvalidParameter `bad-ssh-address`. */
export function parseAddress(text: string): SshAddress {
  const written = text.trim()
  const isUrl = written.startsWith('ssh://')
  const rest = isUrl ? written.slice('ssh://'.length) : written
  // The path begins at the first slash: neither a name nor a user has one.
  const slash = rest.indexOf('/')
  if (slash >= 0 && !isUrl) throw badAddress(text, 'a path needs ssh:// before it')
  const path = slash < 0 ? '' : rest.slice(slash)
  const authority = slash < 0 ? rest : rest.slice(0, slash)
  const at = authority.lastIndexOf('@')
  const user = at < 0 ? undefined : isUrl ? decoded(authority.slice(0, at), text) : authority.slice(0, at)
  const { host, port } = splitPort(authority.slice(at + 1), text)
  if (!isHostName(host)) throw badAddress(text, 'this is no name of a host')
  if (user !== undefined && !isUserName(user)) throw badAddress(text, 'this is no name of a user')
  if (path.includes('\0')) throw badAddress(text, 'the path is none')
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(path === '' || path === '/' ? {} : { socket: path }),
  }
}

/** The one way to write it: what `parseAddress` reads to the same. */
export function formatAddress({ user, host, port, socket }: SshAddress): string {
  const name = host.includes(':') ? `[${host}]` : host
  return `ssh://${user === undefined ? '' : `${encodeURIComponent(user)}@`}${name}${port === undefined ? '' : `:${port}`}${socket ?? ''}`
}

/**
 * OpenSSH's own rule for what may be put into a command line or a `%h` (CVE-2023-51385): no option, no blank, no control character, and
 * nothing that a shell knows.
 */
export function isHostName(text: string): boolean {
  return /^[^-'`"$\\;&<>|(){},@/\s\p{C}][^'`"$\\;&<>|(){},@/\s\p{C}]*$/u.test(text) && text.length <= 255
}

/** The same for users (CVE-2025-61984), who may have blanks and dollars in their names on systems of other kinds. */
export function isUserName(text: string): boolean {
  return /^[^-'`"$;&<>|(){}\p{C}][^'`"$;&<>|(){}\p{C}]*$/u.test(text) && !/\s-|\\$/.test(text) && text.length <= 255
}

function splitPort(text: string, whole: string): { host: string; port?: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? []
  // Two colons and no brackets: a number of IPv6, which can have no port.
  const host = bracketed ?? plain ?? (/^[0-9a-f:.]+(%[\w.-]+)?$/i.test(text) ? text : undefined)
  if (host === undefined) throw badAddress(whole, 'write it as user@host:port')
  if (port === undefined) return { host }
  const number = Number(port)
  if (number < 1 || number > 65_535) throw badAddress(whole, 'ports are from 1 to 65535')
  return { host, port: number }
}

function decoded(text: string, whole: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw badAddress(whole, 'this is no name of a user')
  }
}

function badAddress(text: string, why: string): PockerError {
  return new PockerError('InvalidParameter', `find host "${text.slice(0, 200)}": ${why}`, {
    code: 'bad-ssh-address',
    hint: 'write it as user@host:port, or as a name of your SSH configuration',
  })
}
