import { PockerError } from '../api/errors.ts'
import { type ImageReference, imageReferences } from './image-references.ts'
import type { ImageRecord } from './records.ts'
import { familiarName, familiarReference, parseImageId, parseReference, type Reference, withDefaultTag } from './reference.ts'

/** An image and the name it was found by; found by ID it has none. */
export interface FoundImage {
  readonly record: ImageRecord
  readonly reference: ImageReference | undefined
}

/**
 * The image that `name` means: a tag or a registry's digest first, then an ID or the unique start of one, as Docker looks.
 * Errors: `bad-reference`, `no-such-image`, `ambiguous-image`.
 */
export function findImage(records: readonly ImageRecord[], name: string): FoundImage {
  const id = parseImageId(name)
  const isDigest = name.startsWith('sha256:')
  const reference = isDigest || id?.length === 64 ? undefined : withDefaultTag(parseReference(name))
  const named = reference === undefined ? undefined : findReference(records, reference)
  if (named !== undefined) return named
  const matching = id === undefined ? [] : records.filter((record) => record.id.startsWith(`sha256:${id}`))
  const [record, another] = matching
  if (another !== undefined) {
    throw new PockerError('InvalidParameter', `find image '${name}': several IDs start with it`, { code: 'ambiguous-image' })
  }
  if (record === undefined) throw noSuchImage(reference === undefined ? name : familiarReference(reference))
  return { record, reference: undefined }
}

/** The image with that tag or digest; of a name with both, as Docker does, the digest decides. */
export function findReference(records: readonly ImageRecord[], reference: Reference): FoundImage | undefined {
  const { digest } = reference
  const wanted = digest === undefined ? familiarReference(reference) : `${familiarName(reference)}@${digest}`
  for (const record of records) {
    const found = imageReferences(record).find(({ familiar }) => familiar === wanted)
    if (found !== undefined) return { record, reference: found }
  }
  return undefined
}

function noSuchImage(name: string): PockerError {
  return new PockerError('NotFound', `No such image: ${name}`, {
    code: 'no-such-image',
    hint: `get it with pocker pull, or use the image 'host', which is always there`,
  })
}
