/** The token server that a registry names. */
import { hostName, isLinkLocal } from './addresses.ts'
import { RegistryError } from './registry-error.ts'

/**
 * Checks where a registry wants credentials to be sent. Another host is usual (auth.docker.io), but never less protected than the
 * registry itself: without TLS only the host of a registry that has none.
 * Errors: Unavailable `unsafe-realm`.
 */
export function parseRealm(realm: string | undefined, registry: URL): URL {
  const url = realm === undefined ? null : URL.parse(realm)
  if (url === null) throw unsafe(registry, 'it names no token server')
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw unsafe(registry, `its token server's address begins with ${url.protocol}`)
  if (url.username !== '' || url.password !== '') throw unsafe(registry, "its token server's address has a password in it")
  if (isLinkLocal(url.host)) throw unsafe(registry, `its token server has the link-local address ${url.host}`)
  if (url.protocol === 'http:') {
    if (registry.protocol === 'https:') throw unsafe(registry, `its token server ${url.host} is without TLS`)
    if (hostName(url.host) !== hostName(registry.host)) throw unsafe(registry, `its token server ${url.host} is another host, without TLS`)
  }
  url.hash = ''
  return url
}

function unsafe(registry: URL, why: string): RegistryError {
  return new RegistryError('Unavailable', `log in to registry ${registry.host}: ${why}`, { code: 'unsafe-realm' })
}
