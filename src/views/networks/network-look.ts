/** Networks as rows. */
import * as l10n from '@vscode/l10n'
import type { Host } from '../../hosts/host.ts'
import type { NetworkRow } from '../../model/rows.ts'
import { escapeMarkdown } from '../../text/escape-markdown.ts'
import { plainText } from '../../text/plain-text.ts'
import type { ItemLook } from '../item-look.ts'
import { actFlags } from '../usable-hosts.ts'
import { usersText } from '../users-text.ts'

export interface NetworkLookOptions {
  readonly host: Host
  /** Names of the containers in it, running or not. */
  readonly users: readonly string[]
}

/** Compose writes the project there that a network is of. */
const PROJECT = 'com.docker.compose.project'

/** Label, description, icon and flags of a network. */
export function networkLook(row: NetworkRow, { host, users }: NetworkLookOptions): ItemLook {
  const label = plainText(row.name, 150)
  const words = [
    row.subnets.length === 0 ? kindWords(row) : row.subnets.map((subnet) => plainText(subnet, 50)).join(', '),
    ...(row.driver === 'bridge' || row.subnets.length === 0 ? [] : [plainText(row.driver, 40)]),
    ...(row.isInternal ? [l10n.t('internal')] : []),
    ...(users.length > 0 ? [usersText(users)] : row.isPredefined ? [] : [l10n.t('unused')]),
  ]
  return {
    id: row.id,
    label,
    description: words.join(' · '),
    icon: { name: iconOf(row), ...(users.length === 0 ? { color: 'disabledForeground' } : {}) },
    flags: [
      'network',
      users.length === 0 ? 'unused' : 'used',
      row.isPredefined ? 'predefined' : 'own',
      ...(isJoinable(row) ? ['joinable'] : []),
      host.kind,
      ...actFlags(host),
    ],
    spoken: l10n.t('network {0}, {1}', label, words.join(', ')),
    ...(users.length === 0 ? {} : { fold: 'folded' }),
  }
}

/** Whether containers can be connected to it after their making. */
export function isJoinable({ driver }: Pick<NetworkRow, 'driver'>): boolean {
  return driver !== 'host' && driver !== 'null'
}

/** What the mouse shows, in Markdown. */
export function networkTooltip(row: NetworkRow, users: readonly string[]): string {
  const pairs = (map: Readonly<Record<string, string>>) =>
    Object.entries(map)
      .slice(0, MOST)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')
  const lines = [
    [l10n.t('Name'), row.name],
    [l10n.t('Driver'), row.driver],
    [l10n.t('Subnet'), row.subnets.join(', ')],
    [l10n.t('Reaches'), row.isInternal ? l10n.t('only what is in it') : ''],
    [l10n.t('Used by'), users.slice(0, MOST).join(', ')],
    [l10n.t('Project'), Object.hasOwn(row.labels, PROJECT) ? (row.labels[PROJECT] ?? '') : ''],
    [l10n.t('Options'), pairs(row.options)],
    [l10n.t('Labels'), pairs(row.labels)],
    [l10n.t('ID'), row.id.slice(0, 12)],
  ] as const
  return lines.flatMap(([name, value]) => (value === '' ? [] : [`${escapeMarkdown(name)}: ${escapeMarkdown(value, 400)}`])).join('  \n')
}

const MOST = 8

function iconOf({ driver, isInternal }: NetworkRow): string {
  if (driver === 'host') return 'vm'
  if (driver === 'null' || isInternal) return 'lock'
  return 'type-hierarchy'
}

function kindWords({ driver }: NetworkRow): string {
  if (driver === 'host') return l10n.t('the machine’s own, not separated')
  if (driver === 'null') return l10n.t('no network but itself')
  return plainText(driver, 40)
}
