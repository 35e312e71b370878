import * as l10n from '@vscode/l10n'
import { askImageName } from '../ask-image-name.ts'
import { chooseImages } from '../choose.ts'
import { type ImageParts, imageLabel, imagePath } from './image-parts.ts'

/** Gives an image one more name. Errors: EngineError. */
export async function tagFlow(parts: ImageParts, item: unknown): Promise<void> {
  const [ref] = (await chooseImages(parts, item, undefined, { title: l10n.t('Add Name') })).refs
  if (ref === undefined) return
  const name = await askImageName(parts.ask, {
    title: l10n.t('Another name for “{0}”', imageLabel(ref)),
    prompt: l10n.t('To push it somewhere, begin with the registry: ghcr.io/owner/app:1.0'),
    ...(ref.tag === undefined ? {} : { value: ref.tag }),
  })
  if (name === undefined) return
  const { repository: repo, tag } = name
  await ref.host.client.tell('POST', `${imagePath(ref)}/tag`, { query: { repo, tag } })
}
