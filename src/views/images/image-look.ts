/** Images, and what goes on with them, as rows. */
import * as l10n from '@vscode/l10n'
import type { Host } from '../../hosts/host.ts'
import { isHostImage } from '../../hosts/host-image.ts'
import type { ImageRow } from '../../model/rows.ts'
import type { ActivePull } from '../../run/active-pulls.ts'
import { plainText } from '../../text/plain-text.ts'
import { sizeText } from '../../text/size.ts'
import type { ItemLook } from '../item-look.ts'
import { actFlags, canAct } from '../usable-hosts.ts'

export interface ImageLookOptions {
  readonly host: Host
  /** The name that the row is for; an image without any has none. */
  readonly tag: string | undefined
  /** How many containers are made of it. */
  readonly users: number
  readonly hasChildren: boolean
}

/** The first twelve digits of an image's ID. */
export function shortId(id: string): string {
  return plainText(id.replace(/^sha256:/, '').slice(0, 12))
}

/** Label, description, icon and flags of an image under one of its names. */
export function imageLook({ id, size }: ImageRow, { host, tag, users, hasChildren }: ImageLookOptions): ItemLook {
  const isOwn = isHostImage(host, tag)
  const label = isOwn ? 'host' : tag === undefined ? shortId(id) : plainText(tag, 150)
  const used = users === 0 ? [] : [l10n.t('used by {0}', users)]
  const whose = host.kind === 'ssh' ? l10n.t('{0}’s /usr', plainText(host.label, 60)) : l10n.t('this machine’s /usr')
  const words = isOwn ? [whose, l10n.t('ready offline'), ...used] : [sizeText(size), ...used]
  return {
    id: `${id} ${tag ?? ''}`,
    label,
    description: words.join(' · '),
    icon: { name: isOwn ? 'device-desktop' : 'package' },
    flags: [
      'image',
      ...(isOwn ? ['own'] : ['foreign']),
      tag === undefined ? 'nameless' : 'named',
      ...(users === 0 ? ['unused'] : ['used']),
      host.kind,
      ...actFlags(host),
    ],
    spoken: l10n.t('image {0}, {1}', label, words.join(', ')),
    ...(hasChildren ? { fold: 'folded' } : {}),
    command: { id: 'pocker.run', title: l10n.t('Run') },
  }
}

/** The one row of all images without a name. */
export function danglingLook(images: readonly ImageRow[], host: Host): ItemLook {
  const size = sizeText(images.reduce((sum, image) => sum + image.size, 0))
  const words = l10n.t('{0} dangling · {1}', images.length, size)
  return {
    id: 'dangling',
    label: '<none>',
    description: words,
    icon: { name: 'archive', color: 'disabledForeground' },
    flags: ['dangling', canAct(host) ? 'ready' : 'stale'],
    spoken: l10n.t('images without a name: {0}, together {1}', images.length, size),
    fold: 'folded',
  }
}

/** Work that goes on: `▓▓▓▓░ 18 of 45 MB`. */
export function pullLook({ id, title, text, percent }: ActivePull): ItemLook {
  const label = plainText(`${title} …`, 150)
  const words = plainText(text)
  return {
    id: String(id),
    label,
    description: percent === undefined ? words : `${bar(percent)} ${words}`.trim(),
    icon: { name: 'cloud-download' },
    flags: ['pull'],
    spoken: words === '' ? label : `${label}, ${words}`,
  }
}

const CELLS = 5

function bar(percent: number): string {
  const full = Math.min(CELLS, Math.max(0, Math.floor((percent / 100) * CELLS)))
  return '▓'.repeat(full) + '░'.repeat(CELLS - full)
}
