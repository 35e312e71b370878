import { PockerError } from '../api/errors.ts'
import type { ImageContext } from './context.ts'
import { findImage } from './find-image.ts'
import { HOST_IMAGE_TAG } from './host-image.ts'
import { tellImage } from './image-events.ts'
import { familiarReference, parseReference, withDefaultTag } from './reference.ts'
import { takeTags } from './tags.ts'

/**
 * A familiar tag, such as `busybox:latest`, of what a user gives as the name of an image.
 * Errors: InvalidParameter `bad-reference`, Conflict `host-image-stays`.
 */
export function parseTag(repo: string, tag?: string): string {
  const reference = withDefaultTag(parseReference(tag === undefined || tag === '' ? repo : `${repo}:${tag}`))
  const familiar = familiarReference(reference)
  if (reference.digest !== undefined) {
    throw new PockerError('InvalidParameter', `name image '${familiar}': a name with a digest cannot be given`, { code: 'bad-reference' })
  }
  if (familiar === HOST_IMAGE_TAG) throw hostStays(`name image '${familiar}'`)
  return familiar
}

/** Gives an image one more name, which another image may lose by it. Errors: those of `findImage` and `parseTag`. */
export function tagImage(context: ImageContext, name: string, target: { readonly repo: string; readonly tag: string | undefined }): void {
  const { record } = findImage(context.records.list(), name)
  const tag = parseTag(target.repo, target.tag)
  takeTags(context.records, record, [tag])
  tellImage(context, { action: 'tag', id: record.id, name: tag, labels: record.config.Labels })
}

/** The built-in image keeps its name, and its name is never another's. */
export function hostStays(action: string): PockerError {
  return new PockerError('Conflict', `${action}: 'host' is this machine itself and stays`, { code: 'host-image-stays' })
}
