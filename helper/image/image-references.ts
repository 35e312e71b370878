/** The names of an image as one list: its tags and its digests in registries. */
import type { ImageRecord } from './records.ts'
import { familiarName, familiarReference, parseReference } from './reference.ts'

export interface ImageReference {
  readonly kind: 'tag' | 'digest'
  /** As the record has it: tags are familiar, digests whole. */
  readonly stored: string
  /** Such as `busybox:1`, `busybox@sha256:…`. */
  readonly familiar: string
  /** The repository, such as `busybox`. */
  readonly repository: string
}

/** Tags first. */
export function imageReferences({ tags, content }: ImageRecord): readonly ImageReference[] {
  return [...tags.map((stored) => describe('tag', stored)), ...(content?.repoDigests ?? []).map((stored) => describe('digest', stored))]
}

function describe(kind: ImageReference['kind'], stored: string): ImageReference {
  const reference = parseReference(stored)
  return { kind, stored, familiar: familiarReference(reference), repository: familiarName(reference) }
}

/** The record without these names. */
export function withoutReferences(record: ImageRecord, gone: readonly ImageReference[]): ImageRecord {
  const stored = new Set(gone.map((reference) => reference.stored))
  const { tags, content } = record
  return {
    ...record,
    tags: tags.filter((tag) => !stored.has(tag)),
    ...(content === undefined ? {} : { content: { ...content, repoDigests: content.repoDigests.filter((digest) => !stored.has(digest)) } }),
  }
}

/** Whether the image has one name at most, digests in that name's own repository aside (moby `isSingleReference`). */
export function isSingleReference(references: readonly ImageReference[]): boolean {
  if (references.length <= 1) return true
  const tags = references.filter(({ kind }) => kind === 'tag')
  return tags.length <= 1 && new Set(references.map(({ repository }) => repository)).size === 1
}
