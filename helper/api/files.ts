/**
 * Files of containers, images and volumes, seen as the container sees them, with no program run in it. A *place* is
 *
 * - `/pocker/containers/{id}`: a container's files, running or not, with what is mounted in it;
 * - `/pocker/containers/{id}/image`: what it was made of, before it changed anything, also when the image has lost its name. Read-only;
 * - `/pocker/images/{name}`: an image; with `?layer=N` (0 is the lowest) one layer alone. Read-only;
 * - `/pocker/volumes/{name}`: a volume, whether a container has it or not; `/` is the volume's own folder, and links lead to what is in it.
 *
 * | Request | Query | Answer |
 * |---|---|---|
 * | `GET place/files/stat` | `path`, `follow` | FileStat; of a link itself, of what it leads to with `follow` |
 * | `GET place/files/list` | `path` | FileList |
 * | `GET place/files/content` | `path`, `offset`, `length` | the bytes; the headers below |
 * | `PUT place/files/content` | `path`, `create`, `overwrite`, `mode`, `uid`, `gid` | FileStat; the body is the file |
 * | `POST place/files/folder` | `path`, `mode`, `uid`, `gid` | FileStat |
 * | `POST place/files/rename`, `copy` | `from`, `to`, `overwrite` | FileStat of `to` |
 * | `DELETE place/files` | `path`, `recursive` | 204 |
 * | `GET place/files/watch` | `path`, `recursive` | FileChange as JSON lines |
 * | `GET /pocker/images/{name}/layers` | | Layers |
 *
 * **Paths** are absolute inside the container; `.` and `..` in them count by the text. Links are followed there, in the container; as the
 * last part they are meant themselves by `stat`, `rename`, `copy` and `DELETE`, and followed by all others. A name that is not UTF-8 has
 * each byte without a meaning as one character from U+EF80 (0x80) to U+EFFF (0xFF), and is written so in requests too.
 *
 * **Writing** is done beside the file, which then takes the place of the old one at once: whoever reads sees the one or the other, and a
 * client that goes away leaves the old one. Mode, owner, access list and `user.` attributes stay as they were; as with any write by root the
 * set-user-ID bits stay too, and file capabilities go. A file with several names, and one that is mounted (`/etc/hosts`), keeps its inode:
 * the new content is copied into it when all of it is there. Nobody waits for the disk: after a power cut it may be the old one. `create` makes what is missing; with it, what is there already is an error
 * unless `overwrite` is given too. New files and folders belong to the owner of the folder they are in, 0644 and 0755 unless `mode` (octal)
 * says otherwise; `mode`, `uid` and `gid` win over what was there.
 *
 * **Renaming and copying** with `overwrite` replace a file or an empty folder. Copies keep owners, modes, times and attributes.
 *
 * **Errors** (`code`): `no-such-container`, `no-such-image`, `no-such-layer`, `no-such-file`, `file-exists`, `not-a-folder`, `is-a-folder`,
 * `not-a-file` (devices, pipes and sockets are never opened), `folder-not-empty`, `folder-into-itself`, `path-busy` (a mount or the root),
 * `path-unusable`, `name-too-long`, `too-many-links`, `read-only-files`, `permission-denied`, `no-space`, `file-too-large`,
 * `too-deep`, `watch-too-large`, `too-many-file-requests`, `files-interrupted` (the container was started, stopped or removed meanwhile),
 * `files-not-answering` (what is mounted there hangs), `unreadable-file` (the system's own error), `container-removing`.
 */
import { z } from 'zod'

export type FileKind = 'file' | 'folder' | 'link' | 'other'

/** Of `GET …/files/stat`, which does not follow the last link unless it is asked to. */
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
  /** Milliseconds since 1970, with a fraction. */
  modified: z.number(),
  changed: z.number(),
  /** Nothing can be written there, whatever the mode says: an image, or a read-only mount. */
  isReadOnly: z.boolean(),
  /** In a layer alone: it deletes this file from those below, or this folder takes the place of the one below. */
  layer: z.enum(['deletes', 'replaces']).optional(),
})

/** Of `GET …/files/list`: a folder's entries, sorted by name. */
export const fileListSchema = z.object({
  entries: z.array(fileStatSchema.extend({ name: z.string() })),
  /** There are more: 20,000 are listed. */
  isCut: z.boolean(),
})

/** Headers of `GET …/files/content`: the size of the whole file in bytes, and its FileStat as base64 of JSON. */
export const FILE_SIZE_HEADER = 'X-Pocker-File-Size'
export const FILE_STAT_HEADER = 'X-Pocker-File-Stat'

/**
 * One line of `GET …/files/watch`. The first has the kind `ready`: what happens after it is told. After `overflow` anything may have happened
 * that was not told; so it is when the container is started or stopped, over which a watch goes on. It ends when the container is removed.
 */
export const fileChangeSchema = z.object({
  kind: z.enum(['ready', 'created', 'changed', 'deleted', 'overflow']),
  /** With `ready` and `overflow` the watched one. */
  path: z.string(),
})

/** Of `GET /pocker/images/{name}/layers`, the lowest first: their index is the `layer` of the image's files. */
export const layersSchema = z.object({
  layers: z.array(
    z.object({
      /** `sha256:…` of the unpacked archive; empty for a folder of this machine. */
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
