import type { Io } from '../io.ts'
import { configPath, readConfig, saveEntry } from './config-file.ts'
import { askHelper, eraseWithHelper, helperRunner, storeWithHelper } from './credential-helper.ts'
import type { Credentials } from './credentials.ts'
import { hostOf } from './credentials.ts'

/** The user's credentials, wherever the Docker configuration says they are kept. Registries are named by their `storeKey`. */
export interface CredentialStore {
  /** Undefined when there are none. */
  get(registry: string): Promise<Credentials | undefined>
  /** Resolves to the file that now holds a password as anybody with access could read it. */
  store(registry: string, credentials: Credentials): Promise<{ readonly unencrypted: string | undefined }>
  /** One that is not there is as wanted. */
  erase(registry: string): Promise<void>
}

/** Opens the store. Errors: `bad-docker-config`, and with each call those of the helpers. */
export function openCredentials({ env }: Pick<Io, 'env'>): CredentialStore {
  const path = configPath(env)
  const config = readConfig(path)
  const run = helperRunner(env)
  const helperOf = (registry: string) => config.credHelpers.get(registry) ?? config.credsStore
  const entryOf = (registry: string): Credentials | undefined =>
    config.auths.get(registry) ?? [...config.auths].find(([name]) => hostOf(name) === registry)?.[1]
  return {
    get: async (registry) => {
      const helper = helperOf(registry)
      const found = helper === undefined ? entryOf(registry) : await askHelper(run, helper, registry)
      return found === undefined || Object.keys(found).length === 0 ? undefined : found
    },
    store: async (registry, credentials) => {
      const helper = helperOf(registry)
      if (helper !== undefined) {
        await storeWithHelper(run, helper, registry, credentials)
        // Docker lists the registries that it has logged in to, without anything secret.
        if (!config.auths.has(registry)) saveEntry(path, registry, {})
        return { unencrypted: undefined }
      }
      saveEntry(path, registry, credentials)
      return { unencrypted: credentials.password === undefined ? undefined : path }
    },
    erase: async (registry) => {
      const helper = helperOf(registry)
      if (helper !== undefined) await eraseWithHelper(run, helper, registry)
      if (config.auths.has(registry)) saveEntry(path, registry, undefined)
    },
  }
}
