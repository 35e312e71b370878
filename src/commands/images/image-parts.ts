/** What the flows of images need, and how they name them. */
import type { Ask } from '../../ask/ask.ts'
import type { AskFiles } from '../../ask/files.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import type { WithLogin } from '../../registry/with-login.ts'
import { plainText } from '../../text/plain-text.ts'
import type { ShowTransfer } from '../../transfer/progress.ts'
import type { ImageRef } from '../refs.ts'

export interface ImageParts {
  readonly ask: Ask
  readonly files: AskFiles
  readonly hosts: Hosts
  readonly login: WithLogin
  readonly transfer: ShowTransfer
  /** Shows in the view that work goes on. */
  readonly busy: <T>(work: () => Promise<T>) => Promise<T>
  readonly show: (document: { readonly name: string; readonly text: string }) => Promise<void>
}

/** The image's name, or the start of its ID, fit to be shown. */
export function imageLabel({ tag, imageId }: ImageRef): string {
  return plainText(tag ?? imageId.replace('sha256:', '').slice(0, 12), 100)
}

/** What the API calls it by: the name that was chosen, else its ID. */
export function apiName({ tag, imageId }: ImageRef): string {
  return tag ?? imageId
}

/** The image's place in the API. The slashes of its name stay. */
export function imagePath(ref: ImageRef): string {
  return `/images/${apiName(ref).split('/').map(encodeURIComponent).join('/')}`
}
