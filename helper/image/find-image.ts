import { PockerError } from '../api/errors.ts'
import type { ImageRecord } from './records.ts'
import { familiarReference, parseImageId, parseReference, type Reference, withDefaultTag } from './reference.ts'

/** An image and the tag it was found by; found by ID it has none. */
export interface FoundImage {
  readonly record: ImageRecord
  readonly tag: string | undefined
}

/**
 * The image that `name` means: a tag first, then an ID or the unique start of one, as Docker looks.
 * Errors: `bad-reference`, `no-such-image`, `ambiguous-image`.
 */
export function findImage(records: readonly ImageRecord[], name: string): FoundImage {
  const id = parseImageId(name)
  const isDigest = name.startsWith('sha256:')
  const reference = isDigest || id?.length === 64 ? undefined : withDefaultTag(parseReference(name))
  const tagged = reference === undefined ? undefined : findTag(records, reference)
  if (tagged !== undefined) return tagged
  const matching = id === undefined ? [] : records.filter((record) => record.id.startsWith(`sha256:${id}`))
  const [record, another] = matching
  if (another !== undefined) {
    throw new PockerError('InvalidParameter', `find image '${name}': several IDs start with it`, { code: 'ambiguous-image' })
  }
  if (record === undefined) throw noSuchImage(reference === undefined ? name : familiarReference(reference))
  return { record, tag: undefined }
}

/** The image with that tag. A reference by digest finds nothing: digests are a registry's, and nothing has been pulled from one. */
export function findTag(records: readonly ImageRecord[], reference: Reference): FoundImage | undefined {
  if (reference.digest !== undefined) return undefined
  const tag = familiarReference(reference)
  const record = records.find(({ tags }) => tags.includes(tag))
  return record === undefined ? undefined : { record, tag }
}

function noSuchImage(name: string): PockerError {
  return new PockerError('NotFound', `No such image: ${name}`, {
    code: 'no-such-image',
    hint: "pulling is not there yet: use the image 'host', or make one of an unpacked folder with pocker import FOLDER NAME",
  })
}
