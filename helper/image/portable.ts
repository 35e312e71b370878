import { PockerError } from '../api/errors.ts'
import type { ImageContent, ImageRecord } from './records.ts'

/**
 * The image's parts in the stores. `host` and imported folders have none: they lie on this machine only.
 * Errors: InvalidParameter `image-not-portable`.
 */
export function portableContent({ content, origin }: Pick<ImageRecord, 'content' | 'origin'>, action: string): ImageContent {
  if (content !== undefined) return content
  if (origin === 'host') throw hostNotPortable(action)
  throw new PockerError('InvalidParameter', `${action}: it is a folder of this machine, used as it is`, {
    code: 'image-not-portable',
    hint: 'run a container of it, commit that, and take the image that this makes',
  })
}

/** The image `host` goes nowhere: it is /usr, /etc and more of this machine. */
export function hostNotPortable(action: string): PockerError {
  return new PockerError('InvalidParameter', `${action}: the image 'host' is this machine itself`, {
    code: 'image-not-portable',
    hint: 'take an image from a registry, or make one of a root folder: pocker import FOLDER NAME',
  })
}
