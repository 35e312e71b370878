import { z } from 'zod'
import { healthcheckSchema } from './health.ts'
import type { Answered } from './json.ts'
import { mapOf, nameSet, objectOf, text, words } from './json.ts'

/** The `config` member of an OCI or Docker image configuration. It comes from an image, so it is parsed like a request. */
export const imageConfigSchema = objectOf({
  User: text.exactOptional(),
  ExposedPorts: nameSet.exactOptional(),
  Env: z.array(text).exactOptional(),
  Entrypoint: words.exactOptional(),
  Cmd: words.exactOptional(),
  Volumes: nameSet.exactOptional(),
  WorkingDir: text.exactOptional(),
  Labels: mapOf(text).exactOptional(),
  StopSignal: text.exactOptional(),
  Healthcheck: healthcheckSchema.exactOptional(),
  Shell: z.array(text).exactOptional(),
  OnBuild: z.array(text).exactOptional(),
})

export type ImageConfig = z.infer<typeof imageConfigSchema>

export interface ImageSummary {
  readonly Id: string
  readonly ParentId: string
  readonly RepoTags: readonly string[]
  readonly RepoDigests: readonly string[]
  /** Seconds since 1970. */
  readonly Created: number
  readonly Size: number
  /** -1 when it was not computed. */
  readonly SharedSize: number
  readonly Labels: Readonly<Record<string, string>> | null
  /** -1 when it was not computed. */
  readonly Containers: number
}

export interface ImageInspect {
  readonly Id: string
  readonly RepoTags: readonly string[]
  readonly RepoDigests: readonly string[]
  readonly Parent: string
  readonly Comment: string
  /** RFC 3339. */
  readonly Created?: string
  readonly DockerVersion: string
  readonly Author: string
  readonly Config: Answered<ImageConfig>
  /** Go's words: `amd64`, `arm64`. */
  readonly Architecture: string
  readonly Variant?: string
  readonly Os: string
  readonly Size: number
  readonly GraphDriver: { readonly Name: string; readonly Data: Readonly<Record<string, string>> | null }
  readonly RootFS: { readonly Type: string; readonly Layers?: readonly string[] }
  readonly Metadata: { readonly LastTagTime?: string }
}

export interface ImageHistoryEntry {
  /** `<missing>` for all but the newest. */
  readonly Id: string
  readonly Created: number
  readonly CreatedBy: string
  readonly Tags: readonly string[] | null
  readonly Size: number
  readonly Comment: string
}

export interface SearchResult {
  readonly name: string
  readonly description: string
  readonly star_count: number
  readonly is_official: boolean
  readonly is_automated: boolean
}

export interface DistributionInspect {
  readonly Descriptor: { readonly mediaType: string; readonly digest: string; readonly size: number }
  readonly Platforms: readonly { readonly architecture: string; readonly os: string; readonly variant?: string }[]
}
