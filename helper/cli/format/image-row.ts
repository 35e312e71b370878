import type { ImageSummary } from '../../api/image.ts'
import type { RowOptions } from './container-row.ts'
import { ago, humanSize } from './human.ts'
import type { Row } from './list.ts'
import { goTime } from './local-time.ts'
import { shortId } from './short-id.ts'

const NONE = '<none>'

export const IMAGE_COLUMNS = ['Repository', 'Tag', 'ID', 'CreatedSince', 'Size'] as const

export const IMAGE_HEADINGS: Row = {
  ID: 'IMAGE ID',
  Repository: 'REPOSITORY',
  Tag: 'TAG',
  Digest: 'DIGEST',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
  Size: 'SIZE',
  Containers: 'CONTAINERS',
  VirtualSize: 'SIZE',
  SharedSize: 'SHARED SIZE',
  UniqueSize: 'UNIQUE SIZE',
}

export interface ImageRowOptions extends RowOptions {
  readonly digests: boolean
}

/** An image as rows of `images`: one per tag, and with digests one per tag and digest. Follows formatter.ImageWrite of the Docker CLI. */
export function imageRows(image: ImageSummary, options: ImageRowOptions): Row[] {
  const tags = (image.RepoTags ?? []).filter((tag) => !tag.startsWith(NONE)).map(splitTag)
  const digests = (image.RepoDigests ?? []).filter((digest) => !digest.startsWith(NONE)).map(splitDigest)
  const names = tags.flatMap(({ repository, tag }) => {
    const own = options.digests ? digests.filter((digest) => digest.repository === repository) : []
    return own.length === 0 ? [{ repository, tag, digest: NONE }] : own.map(({ digest }) => ({ repository, tag, digest }))
  })
  const untagged = digests
    .filter(({ repository }) => !tags.some((tag) => tag.repository === repository))
    .map(({ repository, digest }) => ({ repository, tag: NONE, digest }))
  const repositories = untagged.filter((name, index) => firstOf(untagged, name.repository) === index)
  const shown = options.digests ? untagged : repositories.map((name) => ({ ...name, digest: '' }))
  const all = [...names, ...shown]
  return (all.length === 0 ? [{ repository: NONE, tag: NONE, digest: NONE }] : all).map((name) => row(image, name, options))
}

function firstOf(names: readonly { readonly repository: string }[], repository: string): number {
  return names.findIndex((name) => name.repository === repository)
}

function row(image: ImageSummary, name: { repository: string; tag: string; digest: string }, { truncate, now }: RowOptions): Row {
  const { Size, SharedSize, Containers } = image
  return {
    ID: truncate ? shortId(image.Id) : image.Id,
    Repository: name.repository,
    Tag: name.tag,
    Digest: name.digest,
    CreatedSince: ago(image.Created, now),
    CreatedAt: goTime(image.Created),
    Size: humanSize(Size, 3),
    VirtualSize: humanSize(Size),
    SharedSize: SharedSize === -1 ? 'N/A' : humanSize(SharedSize),
    UniqueSize: SharedSize === -1 || Size === -1 ? 'N/A' : humanSize(Size - SharedSize),
    Containers: Containers === -1 ? 'N/A' : String(Containers),
  }
}

function splitTag(reference: string): { repository: string; tag: string } {
  const colon = reference.lastIndexOf(':')
  // A colon before a slash is a registry's port.
  if (colon < reference.lastIndexOf('/') || colon < 0) return { repository: familiar(reference), tag: NONE }
  return { repository: familiar(reference.slice(0, colon)), tag: reference.slice(colon + 1) }
}

function splitDigest(reference: string): { repository: string; digest: string } {
  const at = reference.indexOf('@')
  return { repository: familiar(reference.slice(0, at)), digest: reference.slice(at + 1) }
}

function familiar(name: string): string {
  return name.replace(/^docker\.io\/(library\/)?/, '')
}
