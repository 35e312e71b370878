/** What the flow asks an engine for. */
import { z } from 'zod'
import type { CreateRequest } from '../../helper/api/container.ts'
import { stepPartSchema } from '../../helper/api/trace.ts'
import type { EngineClient } from '../client/engine-client.ts'
import { isNotFound, statusOf } from '../client/engine-problem.ts'
import type { Host } from '../hosts/host.ts'
import type { PlannedCall } from '../isolation/isolation-step.ts'
import { networkRowsSchema } from '../model/network-row.ts'
import type { NetworkRow } from '../model/rows.ts'
import { volumeRowsSchema } from '../model/volume-row.ts'
import type { TakenPort } from './free-port.ts'
import type { ImageAnswer } from './image-facts.ts'
import { imageInspectSchema } from './image-facts.ts'

const containersSchema = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()).nullish(),
    Ports: z.array(z.object({ PublicPort: z.number().nullish(), Type: z.string().nullish() })).nullish(),
  }),
)
const imagesSchema = z.array(z.object({ Id: z.string(), RepoTags: z.array(z.string()).nullish(), Size: z.number() }))
const createdSchema = z.object({ Id: z.string().min(1), Warnings: z.array(z.string()).nullish() })
const planSchema = z.object({ steps: z.array(z.object({ step: z.string(), part: stepPartSchema, call: z.string(), text: z.string() })) })

export interface LocalImage {
  readonly id: string
  readonly tags: readonly string[]
  /** Bytes. */
  readonly size: number
}

/** Names and published ports of all containers of a host. */
export async function inUse(host: Host): Promise<{ readonly names: ReadonlySet<string>; readonly taken: readonly TakenPort[] }> {
  const containers = await host.client.ask('GET', '/containers/json', containersSchema, { query: { all: true } })
  const name = (names: readonly string[] | null | undefined) => (names?.[0] ?? '').replace(/^\//, '')
  return {
    names: new Set(containers.flatMap(({ Names }) => (Names ?? []).map((each) => each.replace(/^\//, '')))),
    taken: containers.flatMap(({ Names, Ports }) =>
      (Ports ?? []).flatMap(({ PublicPort, Type }) =>
        typeof PublicPort === 'number' ? [{ port: PublicPort, protocol: Type ?? 'tcp', by: name(Names) }] : [],
      ),
    ),
  }
}

/** The images of a host that have a name. */
export async function localImages(host: Host): Promise<readonly LocalImage[]> {
  if (host.model.hasSnapshot) return host.model.images.filter(({ tags }) => tags.length > 0)
  const images = await host.client.ask('GET', '/images/json', imagesSchema)
  return images
    .map(({ Id, RepoTags, Size }) => ({ id: Id, tags: (RepoTags ?? []).filter((tag) => !tag.startsWith('<none>')), size: Size }))
    .filter(({ tags }) => tags.length > 0)
}

/** An image's own words, or nothing when the host does not have it. */
export async function findImage(client: EngineClient, image: string): Promise<ImageAnswer | undefined> {
  try {
    return await client.ask('GET', `/images/${image.split('/').map(encodeURIComponent).join('/')}/json`, imageInspectSchema)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** The networks of a host. None where the engine does not tell. */
export async function networks(client: EngineClient): Promise<readonly NetworkRow[]> {
  try {
    return await client.ask('GET', '/networks', networkRowsSchema)
  } catch {
    return []
  }
}

/** Names of the volumes that were given one. None where the engine does not tell. */
export async function namedVolumes(client: EngineClient): Promise<readonly string[]> {
  try {
    const found = await client.ask('GET', '/volumes', volumeRowsSchema)
    return found.flatMap(({ name, isAnonymous }) => (isAnonymous ? [] : [name]))
  } catch {
    return []
  }
}

/** Makes a container and does not start it. Errors: EngineError. */
export function create(client: EngineClient, request: CreateRequest, name: string): Promise<string> {
  return make(client, '/containers/create', request, name)
}

/** Makes a container and starts it, by one request. Only Pocker can. Errors: EngineError; that of a start has the container. */
export function createAndStart(client: EngineClient, request: CreateRequest, name: string): Promise<string> {
  return make(client, '/pocker/run', request, name)
}

async function make(client: EngineClient, path: string, request: CreateRequest, name: string): Promise<string> {
  const { Id } = await client.ask('POST', path, createdSchema, {
    query: { name: name === '' ? undefined : name },
    body: request,
  })
  return Id
}

/** What a start would do, call by call. Only Pocker knows. Errors: EngineError. */
export async function explain(client: EngineClient, request: CreateRequest): Promise<readonly PlannedCall[]> {
  const { steps } = await client.ask('POST', '/pocker/explain', planSchema, { body: request })
  return steps
}

/** Whether a host can publish ports. Pocker does so by its default network, which it may have been started without; others can. */
export async function canPublish(host: Host): Promise<boolean> {
  if (host.state.kind !== 'ready' || !host.state.engine.isPocker) return true
  try {
    await host.client.ask('GET', '/networks/bridge', z.unknown())
    return true
  } catch (error) {
    // An older helper has no networks at all. What else goes wrong, the run tells.
    return !isNotFound(error) && statusOf(error) !== 501
  }
}
