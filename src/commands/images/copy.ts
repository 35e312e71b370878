import * as l10n from '@vscode/l10n'
import { chooseImages } from '../choose.ts'
import { apiName, type ImageParts } from './image-parts.ts'

/** Copies IDs, in full, a line each. */
export async function copyIds(parts: ImageParts, item: unknown, selected: unknown): Promise<void> {
  const { refs } = await chooseImages(parts, item, selected, { title: l10n.t('Copy ID'), withoutEngine: true })
  if (refs.length > 0) await parts.ask.copy(refs.map(({ imageId }) => imageId).join('\n'))
}

/** Copies names, a line each; the ID of what has none. */
export async function copyNames(parts: ImageParts, item: unknown, selected: unknown): Promise<void> {
  const { refs } = await chooseImages(parts, item, selected, { title: l10n.t('Copy Name'), withoutEngine: true })
  if (refs.length > 0) await parts.ask.copy(refs.map(apiName).join('\n'))
}
