/** What takes the disk's space on a host, and what of it nothing needs. */
import { z } from 'zod'
import type { EngineClient } from '../client/engine-client.ts'

const dataUsageSchema = z.object({
  LayersSize: z.number().nullish(),
  Images: z
    .array(
      z.object({
        Id: z.string(),
        RepoTags: z.array(z.string()).nullish(),
        Size: z.number().nullish(),
        SharedSize: z.number().nullish(),
        Containers: z.number().nullish(),
      }),
    )
    .nullish(),
  Containers: z
    .array(
      z.object({
        Id: z.string(),
        Names: z.array(z.string()).nullish(),
        Image: z.string().nullish(),
        ImageID: z.string().nullish(),
        State: z.string().nullish(),
        Status: z.string().nullish(),
        SizeRw: z.number().nullish(),
        Mounts: z.array(z.object({ Type: z.string().nullish(), Name: z.string().nullish() })).nullish(),
      }),
    )
    .nullish(),
  Volumes: z
    .array(
      z.object({
        Name: z.string(),
        Labels: z.record(z.string(), z.string()).nullish(),
        UsageData: z.object({ Size: z.number(), RefCount: z.number() }).nullish(),
      }),
    )
    .nullish(),
})

export interface UsedImage {
  readonly id: string
  readonly tags: readonly string[]
  /** Bytes that go when it goes: without what it shares with others. */
  readonly size: number
  readonly containers: number
}

export interface UsedContainer {
  readonly id: string
  readonly name: string
  readonly image: string
  readonly isRunning: boolean
  readonly statusText: string
  /** Bytes that were written in it. */
  readonly size: number
}

export interface UsedVolume {
  readonly name: string
  readonly isAnonymous: boolean
  readonly size: number
  /** Names of the containers that have it mounted, running or not. */
  readonly usedBy: readonly string[]
}

export interface DiskUsage {
  /** Bytes of all layers, each counted once. */
  readonly layers: number
  readonly images: readonly UsedImage[]
  readonly containers: readonly UsedContainer[]
  readonly volumes: readonly UsedVolume[]
}

/** Asks the engine, which counts files for it: it may take a while. Errors: EngineError. */
export async function askDiskUsage(client: EngineClient, signal?: AbortSignal): Promise<DiskUsage> {
  return diskUsage(
    await client.ask('GET', '/system/df', dataUsageSchema, { timeout: 300_000, ...(signal === undefined ? {} : { signal }) }),
  )
}

/** The engine's answer in our words, the largest first. */
export function diskUsage({ LayersSize, Images, Containers, Volumes }: z.infer<typeof dataUsageSchema>): DiskUsage {
  const containers = Containers ?? []
  const bySize = <T extends { readonly size: number }>(rows: readonly T[]) => rows.toSorted((a, b) => b.size - a.size)
  return {
    layers: LayersSize ?? 0,
    images: bySize(
      (Images ?? []).map(({ Id, RepoTags, Size, SharedSize, Containers: count }) => ({
        id: Id,
        tags: (RepoTags ?? []).filter((tag) => !tag.startsWith('<none>')),
        size: Math.max(0, (Size ?? 0) - Math.max(0, SharedSize ?? 0)),
        // Podman and older engines say -1: not counted.
        containers: Math.max(count ?? 0, containers.filter(({ ImageID }) => ImageID === Id).length),
      })),
    ),
    containers: bySize(
      containers.map(({ Id, Names, Image, State, Status, SizeRw }) => ({
        id: Id,
        name: nameOf(Names, Id),
        image: Image ?? '',
        isRunning: State === 'running' || State === 'paused' || State === 'restarting',
        statusText: Status ?? '',
        size: SizeRw ?? 0,
      })),
    ),
    volumes: bySize(
      (Volumes ?? []).map(({ Name, Labels, UsageData }) => ({
        name: Name,
        isAnonymous: Labels?.['com.docker.volume.anonymous'] !== undefined || /^[0-9a-f]{64}$/.test(Name),
        size: Math.max(0, UsageData?.Size ?? 0),
        usedBy: containers
          .filter(({ Mounts }) => (Mounts ?? []).some((mount) => mount.Type === 'volume' && mount.Name === Name))
          .map((container) => nameOf(container.Names, container.Id)),
      })),
    ),
  }
}

function nameOf(names: readonly string[] | null | undefined, id: string): string {
  return (names?.[0] ?? id.slice(0, 12)).replace(/^\//, '')
}
