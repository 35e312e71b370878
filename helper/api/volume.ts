import type { z } from 'zod'
import { mapOf, objectOf, text } from './json.ts'

/** Body of `POST /volumes/create`. */
export const volumeCreateSchema = objectOf({
  /** Absent or empty: an anonymous volume. */
  Name: text.exactOptional(),
  Driver: text.exactOptional(),
  /** Of the driver `local`: `type`, `o` and `device`, as mount(8) takes them. */
  DriverOpts: mapOf(text).exactOptional(),
  Labels: mapOf(text).exactOptional(),
})

export type VolumeCreate = z.infer<typeof volumeCreateSchema>

/** A volume as Docker's API shows it. */
export interface Volume {
  readonly Name: string
  readonly Driver: 'local'
  /** A folder of the host. */
  readonly Mountpoint: string
  /** RFC 3339. */
  readonly CreatedAt: string
  readonly Labels: Readonly<Record<string, string>> | null
  readonly Options: Readonly<Record<string, string>> | null
  readonly Scope: 'local'
  /** In `GET /system/df` alone. Bytes; containers that have it, running or not. */
  readonly UsageData?: { readonly Size: number; readonly RefCount: number }
}

/** What an anonymous volume carries, as Docker's do: `prune` takes these first. */
export const ANONYMOUS_LABEL = 'com.docker.volume.anonymous'
