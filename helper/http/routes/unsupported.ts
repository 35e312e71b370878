import { PockerError } from '../../api/errors.ts'
import { matchPath } from '../router.ts'

/** Docker's endpoints that Pocker does not have, with what they would do. A path without method stands for all of them. */
const UNSUPPORTED: readonly (readonly [endpoint: string, action: string])[] = [
  ['POST /build', 'build an image'],
  ['/build/{what}', 'build an image'],
  ['POST /session', 'build an image with BuildKit'],
  ['POST /grpc', 'build an image with BuildKit'],
  ['GET /containers/{id}/attach/ws', 'attach by WebSocket'],
  ['/containers/{id}/checkpoints', 'make checkpoints'],
  ['/containers/{id}/checkpoints/{checkpoint}', 'make checkpoints'],
  ['PUT /volumes/{name}', 'update a volume'],
  ...['plugins', 'swarm', 'nodes', 'services', 'tasks', 'secrets', 'configs'].flatMap(
    (family) =>
      [
        [`/${family}`, `use Docker's ${family}`],
        [`/${family}/{rest...}`, `use Docker's ${family}`],
      ] as const,
  ),
]

const PATTERNS = UNSUPPORTED.map(([endpoint, action]) => {
  const [path = '', method] = endpoint.split(' ').reverse()
  return { path, method, action }
})

/** Errors: NotImplemented `not-implemented` for an endpoint of Docker's that Pocker does not have; none for any other. */
export function refuseUnsupported(method: string, segments: readonly string[]): void {
  const found = PATTERNS.find((pattern) => (pattern.method ?? method) === method && matchPath(pattern.path, segments) !== undefined)
  if (found === undefined) return
  throw new PockerError('NotImplemented', `${found.action}: Pocker cannot do this (${method} ${found.path})`, { code: 'not-implemented' })
}
