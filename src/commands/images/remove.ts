import * as l10n from '@vscode/l10n'
import { isHostImage } from '../../hosts/host-image.ts'
import { plainText } from '../../text/plain-text.ts'
import { chooseImages } from '../choose.ts'
import { forEach } from '../each.ts'
import { type ImageRef, imageRowOf } from '../refs.ts'
import { type ImageParts, imageLabel, imagePath } from './image-parts.ts'

const MOST_NAMED = 8

/**
 * Removes names, and images with their last name. Asks only where containers are made of one; then it is done by force. Errors: EngineError,
 * SomeFailed.
 */
export async function removeFlow(parts: ImageParts, item: unknown, selected: unknown): Promise<void> {
  const { ask, busy } = parts
  const chosen = await chooseImages(parts, item, selected, { title: l10n.t('Remove Image') })
  const refs = chosen.refs.filter(({ host, tag }) => !isHostImage(host, tag))
  if (refs.length < chosen.refs.length) ask.tell(l10n.t('The image “host” is this machine’s own programs: it takes no space, and stays.'))
  if (refs.length === 0) return
  const losses = refs.flatMap(lossOf)
  if (losses.length > 0 && !(await mayGo(parts, refs, losses))) return
  await busy(() =>
    forEach(
      refs.map((ref) => ({ name: imageLabel(ref), value: ref })),
      async (ref) => await ref.host.client.tell('DELETE', imagePath(ref), { query: { force: lossOf(ref).length > 0 }, timeout: 0 }),
    ),
  )
}

async function mayGo({ ask }: ImageParts, refs: readonly ImageRef[], losses: readonly string[]): Promise<boolean> {
  const [only] = refs
  const shown = losses.slice(0, MOST_NAMED)
  const more = losses.length - shown.length
  return await ask.confirm({
    text: refs.length === 1 && only !== undefined ? l10n.t('Remove “{0}”?', imageLabel(only)) : l10n.t('Remove {0} images?', refs.length),
    detail: [
      ...shown,
      ...(more > 0 ? [l10n.t('And {0} more.', more)] : []),
      '',
      l10n.t('Containers keep their files, but cannot be made anew from an image that is gone.'),
    ].join('\n'),
    button: refs.length === 1 ? l10n.t('Remove by Force') : l10n.t('Remove {0} Images by Force', refs.length),
  })
}

/** What an image is used by, in a sentence; nothing where only one of its names would go. */
function lossOf(ref: ImageRef): readonly string[] {
  const row = imageRowOf(ref)
  const isOneOfSeveral = ref.tag !== undefined && (row?.tags.length ?? 0) > 1
  const users = [...ref.host.model.containers.values()].filter(({ imageId }) => imageId === ref.imageId)
  if (isOneOfSeveral || users.length === 0) return []
  const names = users.slice(0, 3).map(({ name }) => plainText(name, 40))
  return users.length > names.length
    ? [l10n.t('“{0}” is used by {1} and {2} more containers.', imageLabel(ref), names.join(', '), users.length - names.length)]
    : [l10n.t('“{0}” is used by {1}.', imageLabel(ref), names.join(', '))]
}
