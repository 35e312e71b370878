/** Volumes as rows. */
import * as l10n from '@vscode/l10n'
import type { Host } from '../../hosts/host.ts'
import type { VolumeRow } from '../../model/rows.ts'
import { escapeMarkdown } from '../../text/escape-markdown.ts'
import { plainText } from '../../text/plain-text.ts'
import { sizeText } from '../../text/size.ts'
import type { ItemLook } from '../item-look.ts'
import { usersText } from '../users-text.ts'

export interface VolumeLookOptions {
  readonly host: Host
  /** Names of the containers that have it. */
  readonly users: readonly string[]
  /** Bytes, where the engine has told. */
  readonly size: number | undefined
  readonly hasChildren: boolean
}

/** A volume's name for people: of one without a name the beginning of its ID. */
export function volumeLabel({ name, isAnonymous }: Pick<VolumeRow, 'name' | 'isAnonymous'>): string {
  return plainText(isAnonymous ? name.slice(0, 12) : name, 150)
}

/** Label, description, icon and flags of a volume. */
export function volumeLook(row: VolumeRow, { host, users, size, hasChildren }: VolumeLookOptions): ItemLook {
  const label = volumeLabel(row)
  const words = [
    ...(size === undefined ? [] : [sizeText(size)]),
    ...(users.length === 0 ? [l10n.t('unused')] : [usersText(users)]),
    ...(row.isAnonymous ? [l10n.t('without a name')] : []),
    ...kindWords(row),
  ]
  return {
    id: row.name,
    label,
    description: words.join(' · '),
    icon: { name: 'database', ...(users.length === 0 ? { color: 'disabledForeground' } : {}) },
    flags: [
      'volume',
      users.length === 0 ? 'unused' : 'used',
      host.kind,
      ...(host.state.kind === 'ready' ? ['ready', ...(host.state.engine.isPocker ? ['pocker'] : [])] : ['stale']),
    ],
    spoken: l10n.t('volume {0}, {1}', label, words.join(', ')),
    ...(hasChildren ? { fold: 'folded' } : {}),
  }
}

/** What the mouse shows, in Markdown. */
export function volumeTooltip(row: VolumeRow, { users, size }: Pick<VolumeLookOptions, 'users' | 'size'>): string {
  const pairs = (map: Readonly<Record<string, string>>) =>
    Object.entries(map)
      .slice(0, MOST)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')
  const lines = [
    [l10n.t('Name'), row.name],
    [l10n.t('Size'), size === undefined ? '' : sizeText(size)],
    [l10n.t('Used by'), users.slice(0, MOST).join(', ')],
    [l10n.t('Driver'), row.driver],
    [l10n.t('Options'), pairs(row.options)],
    [l10n.t('Labels'), pairs(row.labels)],
  ] as const
  return lines.flatMap(([name, value]) => (value === '' ? [] : [`${escapeMarkdown(name)}: ${escapeMarkdown(value, 400)}`])).join('  \n')
}

const MOST = 8

/** What is special about where its data is. */
function kindWords({ driver, options }: VolumeRow): readonly string[] {
  if (driver !== 'local') return [plainText(driver, 40)]
  const { type = '', device = '' } = options
  if (type === 'tmpfs') return [l10n.t('in memory')]
  return device === '' ? [] : [plainText(device, 80)]
}
