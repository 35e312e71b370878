/** What a client has handed over to be shown to a registry. */
import { createHash } from 'node:crypto'
import type { RegistryAuth } from '../../api/registry-auth.ts'

export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** To be changed for tokens at the registry's token server. */
  | { readonly kind: 'identity'; readonly token: string }
  /** A token for the registry itself. */
  | { readonly kind: 'registry'; readonly token: string }

const NONE: Credentials = { kind: 'none' }

/** The credentials for that registry: those that were given for another one (`serveraddress`) stay here. */
export function credentialsFor(auth: RegistryAuth | undefined, domain: string): Credentials {
  if (auth === undefined) return NONE
  if (auth.serveraddress !== undefined && auth.serveraddress !== '' && domainOfAddress(auth.serveraddress) !== domain) return NONE
  if (auth.registrytoken !== undefined && auth.registrytoken !== '') return { kind: 'registry', token: auth.registrytoken }
  if (auth.identitytoken !== undefined && auth.identitytoken !== '') return { kind: 'identity', token: auth.identitytoken }
  const { username, password } = usernameAndPassword(auth)
  return username === '' && password === '' ? NONE : { kind: 'password', username, password }
}

/** The domain of image names for an address such as `https://index.docker.io/v1/` or `localhost:5000`. */
export function domainOfAddress(address: string): string {
  const host = (address.replace(/^https?:\/\//, '').split('/')[0] ?? '').toLowerCase()
  return host === '' || /^(?:index|registry-1|registry\.hub)?\.?docker\.(?:io|com)$/.test(host) ? 'docker.io' : host
}

/** The value of `Authorization` with a name and a password. */
export function basicAuthorization({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** Tells credentials apart without keeping them. */
export function fingerprint(credentials: Credentials): string {
  return createHash('sha256').update(JSON.stringify(credentials)).digest('base64')
}

function usernameAndPassword({ username = '', password = '', auth = '' }: RegistryAuth): { username: string; password: string } {
  if (username !== '' || password !== '' || auth === '') return { username, password }
  const text = Buffer.from(auth, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? { username: text, password: '' } : { username: text.slice(0, colon), password: text.slice(colon + 1) }
}
