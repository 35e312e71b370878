import { PockerError } from '../api/errors.ts'
import type { Route } from './route.ts'

export interface Match {
  readonly route: Route
  readonly parameters: ReadonlyMap<string, string>
}

/** Finds the route of a request. Errors: NotFound `page-not-found`, InvalidParameter `method-not-allowed`, and what `unsupported` throws. */
export type Router = (method: string, segments: readonly string[]) => Match

interface Pattern {
  readonly route: Route
  readonly parts: readonly string[]
  /** Where the part that may span several segments stands; -1 for none. */
  readonly wide: number
}

/**
 * Makes a router of a table of routes. Earlier routes win.
 * `unsupported` is asked about a path that is in no route, and throws when it knows why.
 */
export function createRouter(routes: readonly Route[], unsupported: (method: string, segments: readonly string[]) => void): Router {
  const families = Map.groupBy(routes.map(compile), (pattern) => pattern.parts[0])
  return (method, segments) => {
    const family = families.get(segments[0]) ?? []
    let allowed = false
    for (const pattern of family) {
      const parameters = matchParts(pattern, segments)
      if (parameters === undefined) continue
      if (pattern.route.method === method) return { route: pattern.route, parameters }
      allowed = true
    }
    unsupported(method, segments)
    if (allowed) throw new PockerError('InvalidParameter', `${method} request: not a method of this path`, { code: 'method-not-allowed' })
    throw new PockerError('NotFound', 'page not found', { code: 'page-not-found' })
  }
}

/** The parameters of a path under a pattern such as `/images/{name...}/json`; undefined when it does not match. */
export function matchPath(path: string, segments: readonly string[]): ReadonlyMap<string, string> | undefined {
  return matchParts(compileParts(path), segments)
}

function compile(route: Route): Pattern {
  return { route, ...compileParts(route.path) }
}

function compileParts(path: string) {
  const parts = path.slice(1).split('/')
  return { parts, wide: parts.findIndex((part) => part.endsWith('...}')) }
}

function matchParts({ parts, wide }: Pick<Pattern, 'parts' | 'wide'>, segments: readonly string[]): Map<string, string> | undefined {
  const surplus = segments.length - parts.length
  if (wide === -1 ? surplus !== 0 : surplus < 0) return undefined
  const parameters = new Map<string, string>()
  for (const [index, part] of parts.entries()) {
    const from = wide !== -1 && index > wide ? index + surplus : index
    const segment = index === wide ? segments.slice(from, from + surplus + 1).join('/') : (segments[from] ?? '')
    if (!part.startsWith('{')) {
      if (part !== segment) return undefined
      continue
    }
    // A slash sent as %2F belongs to a name that may hold slashes, and to nothing else.
    if (index !== wide && segment.includes('/')) return undefined
    parameters.set(part.slice(1, index === wide ? -4 : -1), segment)
  }
  return parameters
}
