/**
 * Files of containers and images over `/pocker/{containers|images}/{id}/files…`, seen as the container sees them, with no program run in it.
 * Paths are absolute inside the container; symbolic links in them are followed there, but for the last one where it says so.
 */
import { z } from 'zod'

export type FileKind = 'file' | 'folder' | 'link' | 'other'

/** Of `GET …/files/stat`, which does not follow the last link. */
export const fileStatSchema = z.object({
  kind: z.enum(['file', 'folder', 'link', 'other']),
  /** What the link leads to, where it leads to something. */
  target: z.enum(['file', 'folder', 'other']).optional(),
  /** The link's text. */
  link: z.string().optional(),
  size: z.number(),
  /** Permission bits with setuid, setgid and sticky. */
  mode: z.number(),
  uid: z.number(),
  gid: z.number(),
  /** Milliseconds since 1970. */
  modified: z.number(),
  changed: z.number(),
  /** Nothing can be written there, whatever the mode says: an image, or a read-only mount. */
  isReadOnly: z.boolean(),
})

/** Of `GET …/files/list`: a folder's entries by name. */
export const fileListSchema = z.object({
  entries: z.array(fileStatSchema.extend({ name: z.string() })),
  /** There are more: only so many are listed. */
  isCut: z.boolean(),
})

/** One line of `GET …/files/watch`. The first has the kind `ready`: what happens after it is told. */
export const fileChangeSchema = z.object({
  kind: z.enum(['ready', 'created', 'changed', 'deleted', 'overflow']),
  path: z.string(),
})

/** Of `GET /pocker/images/{id}/layers`, the lowest first. `GET /pocker/images/{id}/files/…?layer=N` shows one alone, without it all. */
export const layersSchema = z.object({
  layers: z.array(
    z.object({
      /** `sha256:…` of the unpacked archive. */
      diffId: z.string(),
      /** Bytes of what it adds, unpacked. */
      size: z.number(),
      /** The Dockerfile's line, where the image says it. */
      createdBy: z.string(),
    }),
  ),
})

export type FileStat = z.infer<typeof fileStatSchema>
export type FileEntry = z.infer<typeof fileListSchema>['entries'][number]
export type FileList = z.infer<typeof fileListSchema>
export type FileChange = z.infer<typeof fileChangeSchema>
export type Layers = z.infer<typeof layersSchema>
