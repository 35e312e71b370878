/** Who one is at a registry. */
export interface Credentials {
  readonly username?: string
  readonly password?: string
  /** In place of a password: what the registry gave at the login. */
  readonly identitytoken?: string
  readonly registrytoken?: string
}

/** Docker Hub's place in all stores, from the days of its first API. */
export const HUB = 'https://index.docker.io/v1/'

/** Where a registry's credentials are kept: its host, but for Docker Hub. */
export function storeKey(domain: string): string {
  return domain === 'docker.io' || domain === 'index.docker.io' ? HUB : domain
}

/** The host (and port) of what somebody wrote for a registry: older entries are URLs. Follows credentials.ConvertToHostname of the Docker CLI. */
export function hostOf(address: string): string {
  return (/^[a-z][a-z0-9+.-]*:\/\/(.*)$/i.exec(address)?.[1] ?? address).split('/', 1)[0] ?? ''
}
