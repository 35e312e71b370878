import type { RegistryAuth } from '../../api/registry-auth.ts'
import type { Io } from '../io.ts'
import { openCredentials } from './credential-store.ts'
import type { Credentials } from './credentials.ts'
import { storeKey } from './credentials.ts'

/**
 * The header that hands the engine what the user has for one registry, and for no other. Without anything it is there all the same, for
 * older engines want it. Errors: those of the store.
 */
export async function registryAuth(io: Pick<Io, 'env'>, domain: string): Promise<Readonly<Record<string, string>>> {
  const registry = storeKey(domain)
  const credentials = await openCredentials(io).get(registry)
  return { 'X-Registry-Auth': encoded(credentials === undefined ? {} : authOf(registry, credentials)) }
}

/** As the API takes it. */
export function authOf(registry: string, credentials: Credentials): RegistryAuth {
  return { ...credentials, serveraddress: registry }
}

/** Base64url with padding, as Docker's client writes it. */
function encoded(auth: RegistryAuth): string {
  return Buffer.from(JSON.stringify(auth)).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}
