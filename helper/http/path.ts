import { PockerError } from '../api/errors.ts'

export const MINIMUM_MINOR_VERSION = 41
export const MAXIMUM_MINOR_VERSION = 47

export interface Target {
  /** Minor number of the asked API version; the newest when the path names none. */
  readonly minorVersion: number
  /** Decoded; none is empty, `.`, `..` or holds a NUL. One may hold a slash that was sent as `%2F`. */
  readonly segments: readonly string[]
  readonly query: URLSearchParams
}

/**
 * Takes a request target apart: `/v1.47/containers/json?all=1`.
 * Nothing is normalised: a path that another reader could understand differently is refused.
 * Errors: InvalidParameter `invalid-path`, `client-too-old`, `client-too-new`, the latter two in Docker's words.
 */
export function parseTarget(target: string): Target {
  if (!target.startsWith('/')) throw invalidPath('it must begin with a slash')
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const segments = path.slice(1).split('/').map(decodeSegment)
  const query = new URLSearchParams(mark === -1 ? '' : target.slice(mark + 1))
  const version = /^v(\d{1,9})\.(\d{1,9})$/.exec(segments[0] ?? '')
  if (version === null) return { minorVersion: MAXIMUM_MINOR_VERSION, segments, query }
  return { minorVersion: minorVersion(Number(version[1]), Number(version[2])), segments: segments.slice(1), query }
}

function decodeSegment(raw: string): string {
  const segment = percentDecoded(raw)
  if (segment === '') throw invalidPath('it has an empty segment')
  if (segment === '.' || segment === '..') throw invalidPath('it has a segment that points elsewhere')
  if (segment.includes('\0')) throw invalidPath('it holds a NUL character')
  return segment
}

function percentDecoded(raw: string): string {
  if (!raw.includes('%')) return raw
  try {
    return decodeURIComponent(raw)
  } catch (cause) {
    throw new PockerError('InvalidParameter', 'read request path: it has a bad percent-encoding', { code: 'invalid-path', cause })
  }
}

function minorVersion(major: number, minor: number): number {
  if (major < 1 || (major === 1 && minor < MINIMUM_MINOR_VERSION)) {
    const message =
      `client version ${major}.${minor} is too old. Minimum supported API version is 1.${MINIMUM_MINOR_VERSION}, ` +
      'please upgrade your client to a newer version'
    throw new PockerError('InvalidParameter', message, { code: 'client-too-old' })
  }
  if (major > 1 || minor > MAXIMUM_MINOR_VERSION) {
    const message = `client version ${major}.${minor} is too new. Maximum supported API version is 1.${MAXIMUM_MINOR_VERSION}`
    throw new PockerError('InvalidParameter', message, { code: 'client-too-new' })
  }
  return minor
}

function invalidPath(cause: string): PockerError {
  return new PockerError('InvalidParameter', `read request path: ${cause}`, { code: 'invalid-path' })
}
