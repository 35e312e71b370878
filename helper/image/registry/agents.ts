/** Connections that are kept: one agent for each kind of trust. */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { PockerError } from '../../api/errors.ts'
import { isLoopback } from './addresses.ts'
import { type Certificates, readCertificates } from './certificates.ts'
import { isInsecure, type RegistryConfiguration } from './configuration.ts'

export interface Agents {
  agentFor(url: URL): HttpAgent
  /** Closes all connections. */
  close(): void
}

export interface AgentsOptions {
  readonly configuration: RegistryConfiguration
  /** Folders such as `/etc/docker/certs.d`. */
  readonly certificateFolders: readonly string[]
}

/** Loopback is never asked through a proxy, as in Go's programs. */
export function openAgents({ configuration, certificateFolders }: AgentsOptions): Agents {
  const { proxies } = configuration
  const proxyEnv = {
    ...(proxies.http === undefined ? {} : { HTTP_PROXY: proxies.http }),
    ...(proxies.https === undefined ? {} : { HTTPS_PROXY: proxies.https }),
    ...(proxies.no === undefined ? {} : { NO_PROXY: proxies.no }),
  }
  const agents = new Map<string, HttpAgent>()
  const shared = (key: string, make: () => HttpAgent): HttpAgent => {
    const agent = agents.get(key) ?? make()
    agents.set(key, agent)
    return agent
  }

  function secureAgent(url: URL, isDirect: boolean): HttpAgent {
    const certificates = readCertificates(certificateFolders, url.host)
    // An authority that was set up for the host is there to be checked against, even where none is needed.
    const isChecked = !isInsecure(url.host, configuration) || (certificates?.authorities.length ?? 0) > 0
    return shared(JSON.stringify([isDirect, isChecked, certificates]), () => {
      const context = isChecked || certificates !== undefined ? { secureContext: trust(url.host, certificates) } : {}
      return new HttpsAgent({ keepAlive: true, rejectUnauthorized: isChecked, ...context, ...(isDirect ? {} : { proxyEnv }) })
    })
  }

  return {
    agentFor(url) {
      const isDirect = isLoopback(url.host)
      if (url.protocol === 'https:') return secureAgent(url, isDirect)
      return shared(`http ${isDirect}`, () => new HttpAgent({ keepAlive: true, ...(isDirect ? {} : { proxyEnv }) }))
    },
    close() {
      for (const agent of agents.values()) agent.destroy()
      agents.clear()
    },
  }
}

/** What this machine trusts (its administrator may have added a company's authority), and what is for this host alone. */
function trust(host: string, certificates: Certificates | undefined): SecureContext {
  const client = certificates?.clients[0]
  // Reading a list takes 50 to 100 ms, so it is done once for each agent, and not at all where nothing is checked.
  const system = getCACertificates('system')
  const usual = system.length > 0 ? system : getCACertificates('bundled')
  try {
    return createSecureContext({
      ca: [...usual, ...(certificates?.authorities ?? [])],
      minVersion: 'TLSv1.2',
      ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
    })
  } catch (error) {
    throw new PockerError('InvalidParameter', `use certificates for registry ${host}: ${error instanceof Error ? error.message : ''}`, {
      code: 'bad-certificates',
      cause: error,
    })
  }
}
