/** What an image is made of, as rows: all its files, and its layers with what each of them adds. */
import * as l10n from '@vscode/l10n'
import { z } from 'zod'
import { layersSchema } from '../../../helper/api/files.ts'
import type { ImageRef } from '../../commands/refs.ts'
import { imageRowOf } from '../../commands/refs.ts'
import { plainText } from '../../text/plain-text.ts'
import { sizeText } from '../../text/size.ts'
import type { ChildRow } from '../../views/child-rows.ts'
import type { ItemLook } from '../../views/item-look.ts'
import type { PlaceName } from '../place.ts'
import { isPocker } from '../place-access.ts'
import type { FolderRows } from './folder-rows.ts'

const historySchema = z.array(z.object({ CreatedBy: z.string().nullish(), Size: z.number().nullish() }))

/** The rows below an image. Errors: EngineError. */
export async function imageRows(image: ImageRef, folders: FolderRows): Promise<readonly ChildRow[]> {
  if (!isPocker(image.host)) return await historyRows(image)
  const { layers } = await image.host.client.ask('GET', `/pocker/images/${encodeURIComponent(image.imageId)}/layers`, layersSchema)
  const name = nameOf(image)
  const root = (place: PlaceName, shown: string, look: ItemLook) => folders.root({ ...place, hostId: image.host.id, name: shown }, look)
  const all: ItemLook = {
    id: 'files',
    label: l10n.t('Files'),
    spoken: l10n.t('Files'),
    icon: { name: 'files' },
    tooltip: l10n.t('What a container of this image begins with. Read-only.'),
    flags: ['place', 'fixed'],
    fold: 'folded',
  }
  return [
    root({ kind: 'image', id: image.imageId }, name, all),
    ...layers.map((layer, index) =>
      root(
        { kind: 'layer', id: image.imageId, layer: index },
        l10n.t('{0}-layer-{1}', name, index + 1),
        layerLook({ ...layer, number: index + 1 }, ['place', 'layer', 'fixed'], 'folded'),
      ),
    ),
  ]
}

/** Other engines tell of the layers and not what is in them. */
async function historyRows({ host, imageId }: ImageRef): Promise<readonly ChildRow[]> {
  const history = await host.client.ask('GET', `/images/${encodeURIComponent(imageId)}/history`, historySchema)
  return history
    .toReversed()
    .map(({ CreatedBy, Size }) => ({ createdBy: CreatedBy ?? '', size: Size ?? 0 }))
    .filter(({ size }) => size > 0)
    .map((layer, index) => ({ look: layerLook({ ...layer, number: index + 1 }, ['layer'], undefined) }))
}

interface LayerFacts {
  readonly number: number
  readonly size: number
  readonly createdBy: string
  readonly diffId?: string
}

function layerLook({ number, size, createdBy, diffId = '' }: LayerFacts, flags: readonly string[], fold: 'folded' | undefined): ItemLook {
  const line = instruction(createdBy)
  const label = l10n.t('Layer {0}', number)
  const description = [sizeText(size), line].filter((part) => part !== '').join(' · ')
  return {
    id: `layer ${number}`,
    label,
    description,
    icon: { name: 'layers' },
    tooltip: [plainText(createdBy, 2000), plainText(diffId), sizeText(size)].filter((part) => part !== '').join('\n'),
    flags,
    spoken: `${label}, ${description}`,
    ...(fold === undefined ? {} : { fold }),
  }
}

/** A Dockerfile's line without what builders put around it. */
export function instruction(createdBy: string): string {
  const text = createdBy
    .replace(/^\/bin\/sh -c #\(nop\)\s*/, '')
    .replace(/^(?:RUN )?(?:\|\d+ .*? )?\/bin\/sh -c /, 'RUN ')
    .replace(/\s*# buildkit$/, '')
  return plainText(text.replace(/\s+/g, ' ').trim(), 120)
}

/** What people call the image. */
function nameOf(image: ImageRef): string {
  const tag = image.tag ?? imageRowOf(image)?.tags[0]
  return tag?.replace(/^.*\//, '') ?? image.imageId.replace(/^sha256:/, '').slice(0, 12)
}
