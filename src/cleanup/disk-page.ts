/** Disk use as a page. */
import * as l10n from '@vscode/l10n'
import type { Page } from '../page/page.ts'
import { plainText } from '../text/plain-text.ts'
import { sizeText } from '../text/size.ts'
import { reclaimable, sumOf } from './candidates.ts'
import type { DiskUsage } from './disk-usage.ts'

/** What takes space on a host, the largest first, and how much of it nothing needs. */
export function diskPage(usage: DiskUsage, host: string): Page {
  const { images, containers, volumes } = reclaimable(usage)
  return {
    title: l10n.t('Disk use'),
    subtitle: plainText(host),
    sections: [
      {
        heading: '',
        content: {
          kind: 'words',
          text: l10n.t('Clean Up… shows what can be freed, because nothing needs it, and removes what you choose.'),
        },
      },
      {
        heading: l10n.t('In all'),
        content: {
          kind: 'table',
          columns: ['', l10n.t('Number'), l10n.t('Size'), l10n.t('Can be freed')],
          numbers: [1, 2, 3],
          rows: [
            [l10n.t('Images'), String(usage.images.length), sizeText(usage.layers), sizeText(sumOf(images))],
            [l10n.t('Containers'), String(usage.containers.length), sizeText(sumOf(usage.containers)), sizeText(sumOf(containers))],
            [l10n.t('Volumes'), String(usage.volumes.length), sizeText(sumOf(usage.volumes)), sizeText(sumOf(volumes))],
          ],
        },
      },
      {
        heading: l10n.t('Images'),
        content: {
          kind: 'table',
          numbers: [1, 2],
          columns: [l10n.t('Image'), l10n.t('Its own size'), l10n.t('Containers')],
          rows: usage.images.map(({ id, tags, size, containers: count }) => [
            plainText(tags.join(', ')) || id.replace('sha256:', '').slice(0, 12),
            sizeText(size),
            String(count),
          ]),
        },
      },
      {
        heading: l10n.t('Containers'),
        content: {
          kind: 'table',
          numbers: [1],
          columns: [l10n.t('Container'), l10n.t('Written in it'), l10n.t('Status')],
          rows: usage.containers.map(({ name, size, statusText }) => [plainText(name), sizeText(size), plainText(statusText)]),
        },
      },
      {
        heading: l10n.t('Volumes'),
        content: {
          kind: 'table',
          numbers: [1],
          columns: [l10n.t('Volume'), l10n.t('Size'), l10n.t('Used by')],
          rows: usage.volumes.map(({ name, size, usedBy }) => [plainText(name), sizeText(size), plainText(usedBy.join(', '))]),
        },
      },
    ],
  }
}
