/** Where a registry's name leads. */
import { isInsecure, type RegistryConfiguration } from './configuration.ts'

export interface Endpoint {
  /** With the port, if it has one of its own. */
  readonly host: string
  /** `https://host`, and `http://host` after it where TLS is not asked for. */
  readonly origins: readonly string[]
  /** A mirror gets no credentials: they are for the registry that it mirrors. */
  readonly isMirror: boolean
}

const DOCKER_HUB = 'docker.io'
const DOCKER_HUB_HOST = 'registry-1.docker.io'

/** The places to ask, in this order; the last one is the registry itself. */
export function endpointsOf(domain: string, configuration: RegistryConfiguration): readonly Endpoint[] {
  if (domain !== DOCKER_HUB) return [endpoint(domain, configuration)]
  return [...configuration.mirrors.map(mirror), endpoint(DOCKER_HUB_HOST, configuration)]
}

function endpoint(host: string, configuration: RegistryConfiguration): Endpoint {
  const secure = `https://${host}`
  return { host, origins: isInsecure(host, configuration) ? [secure, `http://${host}`] : [secure], isMirror: false }
}

function mirror(origin: string): Endpoint {
  return { host: new URL(origin).host, origins: [origin], isMirror: true }
}
