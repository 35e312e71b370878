/** `docker push`: an image, or all tags of a repository, to its registry. */
import { PockerError } from '../api/errors.ts'
import type { Progress, TransferOptions } from '../http/backend.ts'
import type { ImageContext } from './context.ts'
import { findReference } from './find-image.ts'
import { imageReferences } from './image-references.ts'
import { checkCancelled, startWork } from './load-work.ts'
import { pushOne } from './push-one.ts'
import type { ImageRecord } from './records.ts'
import { familiarName, familiarReference, parseReference, type Reference } from './reference.ts'
import type { Registries } from './registry/registries.ts'

export interface PushOptions extends TransferOptions {
  /** Absent, and none in the name: all tags of the repository. */
  readonly tag: string | undefined
}

/**
 * Pushes what `name` names, blobs that the registry lacks and then the manifest.
 * Errors: `bad-reference`, NotFound `no-such-image`, InvalidParameter `push-by-digest`; those of `pushOne`.
 */
export function pushImage(context: ImageContext, registries: Registries, name: string, options: PushOptions): Promise<Progress> {
  return startWork(options.signal, async (say, signal) => {
    const images = imagesToPush(context, name, options.tag)
    for (const { reference, record } of images) {
      checkCancelled(signal, `push '${familiarReference(reference)}'`)
      await pushOne(context, registries, { ...options, signal, say, reference, record })
    }
  })
}

interface NamedImage {
  readonly reference: Reference & { readonly tag: string }
  readonly record: ImageRecord
}

function imagesToPush({ records }: ImageContext, name: string, tag: string | undefined): readonly NamedImage[] {
  const named = parseReference(name)
  if (named.digest !== undefined) {
    throw new PockerError('InvalidParameter', `push '${familiarReference(named)}': an image is pushed by a tag, not by a digest`, {
      code: 'push-by-digest',
    })
  }
  // Read again with its name, so that it is checked as one.
  const asked = tag === undefined ? named : parseReference(`${named.domain}/${named.path}:${tag}`)
  if (asked.tag === undefined) return allTags(records.list(), asked)
  const found = findReference(records.list(), asked)
  if (found === undefined) throw missing(familiarReference(asked))
  return [{ reference: { ...asked, tag: asked.tag }, record: found.record }]
}

function allTags(records: readonly ImageRecord[], { domain, path }: Reference): readonly NamedImage[] {
  const repository = familiarName({ domain, path })
  const images = records.flatMap((record) =>
    imageReferences(record).flatMap((reference): NamedImage[] => {
      const { tag } = reference.kind === 'tag' && reference.repository === repository ? parseReference(reference.stored) : {}
      return tag === undefined ? [] : [{ reference: { domain, path, tag }, record }]
    }),
  )
  if (images.length === 0) throw missing(repository)
  return images
}

function missing(name: string): PockerError {
  return new PockerError('NotFound', `push '${name}': there is no image of this name`, {
    code: 'no-such-image',
    hint: 'give an image this name first: pocker tag IMAGE NAME',
  })
}
