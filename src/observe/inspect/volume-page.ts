/** A volume as a page: where its data is, and who has it. */
import * as l10n from '@vscode/l10n'
import type { z } from 'zod'
import type { ContainerRow } from '../../model/rows.ts'
import type { volumeSchema } from '../../model/volume-row.ts'
import type { Fact, Page } from '../../page/page.ts'
import { momentText } from '../../text/moment.ts'
import { plainText } from '../../text/plain-text.ts'
import { sizeText } from '../../text/size.ts'

export interface VolumePageFacts {
  readonly host: string
  readonly users: readonly ContainerRow[]
  readonly size: number | undefined
}

/** The page of a volume. */
export function volumePage(volume: z.infer<typeof volumeSchema>, { host, users, size }: VolumePageFacts): Page {
  const table = (map: Readonly<Record<string, string>> | null | undefined) =>
    Object.entries(map ?? {}).map(([name, value]) => [plainText(name, 1000), plainText(value, 4000)])
  const [options, labels] = [table(volume.Options), table(volume.Labels)]
  const columns = [l10n.t('Name'), l10n.t('Value')]
  const places = users.flatMap(({ name, mounts }) =>
    mounts
      .filter(({ type, source }) => type === 'volume' && source === volume.Name)
      .map(({ destination, isReadOnly }) => [plainText(name), plainText(destination, 1000), isReadOnly ? l10n.t('read-only') : '']),
  )
  return {
    title: plainText(volume.Name),
    subtitle: l10n.t('volume on {0}', plainText(host)),
    sections: [
      {
        heading: l10n.t('Volume'),
        content: {
          kind: 'facts',
          facts: [
            ...fact(l10n.t('Size'), size === undefined ? undefined : sizeText(size)),
            ...fact(l10n.t('Created'), momentText(volume.CreatedAt)),
            ...fact(l10n.t('Driver'), volume.Driver),
            ...fact(l10n.t('Data'), volume.Mountpoint, 'code'),
          ],
        },
      },
      ...(places.length === 0
        ? [{ heading: l10n.t('Used by'), content: { kind: 'text' as const, text: l10n.t('No container has it.') } }]
        : [
            {
              heading: l10n.t('Used by'),
              content: { kind: 'table' as const, columns: [l10n.t('Container'), l10n.t('Mounted at'), ''], rows: places },
            },
          ]),
      ...(options.length === 0 ? [] : [{ heading: l10n.t('Options'), content: { kind: 'table' as const, columns, rows: options } }]),
      ...(labels.length === 0 ? [] : [{ heading: l10n.t('Labels'), content: { kind: 'table' as const, columns, rows: labels } }]),
    ],
  }
}

function fact(name: string, value: string | null | undefined, isCode?: 'code'): readonly Fact[] {
  if (value === undefined || value === null || value === '') return []
  return [{ name, value: plainText(value, 4000), ...(isCode === undefined ? {} : { isCode: true }) }]
}
