/** Which images an archive is to hold, and by which names. */
import { PockerError } from '../api/errors.ts'
import type { Platform } from '../http/backend.ts'
import { type Digest, parseDigest } from './digest.ts'
import { findImage } from './find-image.ts'
import { portableContent } from './portable.ts'
import type { ImageContent, ImageRecord } from './records.ts'
import { familiarName, parseImageId, parseReference } from './reference.ts'
import { matches, platformText } from './registry/platform.ts'

export interface SavedImage {
  readonly record: ImageRecord
  /** The configuration blob: the image's ID. */
  readonly config: Digest
  readonly content: ImageContent
  /** Familiar; none for an image that was named by its ID or a digest. */
  readonly tags: readonly string[]
}

/**
 * The images that the names mean, each once: an ID or a digest is an image without a name, a name with a tag that one, a name without
 * all its tags. [moby: image/tarexport/save.go parseNames]
 * Errors: those of `findImage`; InvalidParameter `image-not-portable`; NotFound `no-matching-platform`.
 */
export function chooseSaved(records: readonly ImageRecord[], names: readonly string[], platform: Platform | undefined): SavedImage[] {
  const chosen = new Map<string, { record: ImageRecord; content: ImageContent; tags: Set<string> }>()
  for (const name of names) {
    for (const { record, tags } of meaningOf(records, name)) {
      const content = portableContent(record, `save image '${name}'`)
      checkPlatform(name, content, platform)
      const image = chosen.get(record.id) ?? { record, content, tags: new Set() }
      for (const tag of tags) image.tags.add(tag)
      chosen.set(record.id, image)
    }
  }
  return [...chosen.values()].map((image) => ({ ...image, config: parseDigest(image.record.id), tags: [...image.tags] }))
}

interface Meaning {
  readonly record: ImageRecord
  readonly tags: readonly string[]
}

function meaningOf(records: readonly ImageRecord[], name: string): Meaning[] {
  const repository = repositoryOf(name)
  if (repository !== undefined) {
    const inRepository = (tag: string) => familiarName(parseReference(tag)) === repository
    const found = records.map((record) => ({ record, tags: record.tags.filter(inRepository) })).filter(({ tags }) => tags.length > 0)
    if (found.length > 0) return found
  }
  const { record, reference } = findImage(records, name)
  return [{ record, tags: reference?.kind === 'tag' ? [reference.stored] : [] }]
}

/** Of a name that says neither a tag nor a digest. */
function repositoryOf(name: string): string | undefined {
  if (name.startsWith('sha256:') || parseImageId(name)?.length === 64) return undefined
  const reference = parseReference(name)
  return reference.tag === undefined && reference.digest === undefined ? familiarName(reference) : undefined
}

function checkPlatform(name: string, { os, architecture, variant }: ImageContent, wanted: Platform | undefined): void {
  if (wanted === undefined || architecture === '') return
  const offered = { os: os === '' ? 'linux' : os, architecture, ...(variant === undefined ? {} : { variant }) }
  if (matches(wanted, offered)) return
  throw new PockerError('NotFound', `save image '${name}': it is there for ${platformText(offered)}, not for ${platformText(wanted)}`, {
    code: 'no-matching-platform',
  })
}
