/** What all work with registries shares: connections, tokens, what is known of each registry, and downloads that several wait for. */
import { join } from 'node:path'
import type { ProgressMessage } from '../../api/progress.ts'
import { type Agents, openAgents } from './agents.ts'
import type { Challenge } from './challenge.ts'
import { type RegistryConfiguration, readConfiguration } from './configuration.ts'
import type { Network, Timeouts } from './send.ts'
import { makeSharedJobs, type SharedJobs } from './shared-jobs.ts'
import { makeSlots, type Slots } from './slots.ts'
import { makeTokenCache, type TokenCache } from './token-cache.ts'

export interface RegistriesOptions {
  /** Has `registries.json` and `certs.d/`, if there are any. */
  readonly dataRoot: string
  /** Docker's own, read where the data root has none. */
  readonly dockerFolder?: string
  /** For `HTTPS_PROXY` and the like. */
  readonly environment?: NodeJS.Dict<string>
  readonly timeouts?: Timeouts
  /** Milliseconds before the second attempt; each further one waits twice as long. */
  readonly firstDelay?: number
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

export interface Registries {
  /** As the administrator has it now: changes need no restart. */
  configuration(): RegistryConfiguration
  network(): Network
  readonly tokens: TokenCache
  /** By host: the origin that has answered last, with or without TLS. */
  readonly origins: Map<string, string>
  /** By origin: what it asks for. */
  readonly challenges: Map<string, readonly Challenge[]>
  readonly firstDelay: number
  /** At most so many blobs come or go at once, unpacked at once. */
  readonly transfers: Slots
  readonly unpackers: Slots
  /** Layers that several pulls wait for; their news are what each of them tells its client. */
  readonly sharedLayers: SharedJobs<ProgressMessage, void>
  close(): void
}

const DEFAULT_STALL = 60_000
const DEFAULT_DELAY = 500
const TRANSFERS_AT_ONCE = 3
const UNPACKERS_AT_ONCE = 2

/** Nothing is read or connected before it is needed. */
export function openRegistries(options: RegistriesOptions): Registries {
  const { dataRoot, dockerFolder = '/etc/docker', environment = {}, timeouts = { stall: DEFAULT_STALL } } = options
  let current: { readonly text: string; readonly agents: Agents } | undefined
  const configuration = () => readConfiguration({ dataRoot, dockerFolder, environment })

  function agents(): Agents {
    const now = configuration()
    const text = JSON.stringify(now)
    if (current?.text === text) return current.agents
    // Connections of work that goes on stay open: only idle ones are closed with their agent.
    current = {
      text,
      agents: openAgents({ configuration: now, certificateFolders: [join(dataRoot, 'certs.d'), join(dockerFolder, 'certs.d')] }),
    }
    return current.agents
  }

  return {
    configuration,
    network: () => ({ agents: agents(), timeouts }),
    tokens: makeTokenCache(options.now ?? Date.now),
    origins: new Map(),
    challenges: new Map(),
    firstDelay: options.firstDelay ?? DEFAULT_DELAY,
    transfers: makeSlots(TRANSFERS_AT_ONCE),
    unpackers: makeSlots(UNPACKERS_AT_ONCE),
    sharedLayers: makeSharedJobs(),
    close: () => current?.agents.close(),
  }
}
