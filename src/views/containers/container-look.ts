/** A container as a row. */
import * as l10n from '@vscode/l10n'
import type { Host } from '../../hosts/host.ts'
import { containerState, isLive } from '../../model/container-state.ts'
import type { ContainerRow } from '../../model/rows.ts'
import { coarseTime } from '../../text/coarse-time.ts'
import { imageName } from '../../text/image-name.ts'
import { plainText } from '../../text/plain-text.ts'
import type { ItemLook } from '../item-look.ts'
import { actFlags } from '../usable-hosts.ts'
import { portsText } from './ports-text.ts'
import { STATE_ICONS, stateWords } from './state-look.ts'

export interface ContainerLookOptions {
  readonly host: Host
  /** Whether the host's name is needed to tell it from others. */
  readonly namesHost: boolean
  readonly hasChildren: boolean
}

/** Label, description, icon and flags of a container. */
export function containerLook(row: ContainerRow, { host, namesHost, hasChildren }: ContainerLookOptions): ItemLook {
  const name = plainText(row.name, 100)
  return {
    id: row.id,
    label: name,
    description: description(row),
    icon: STATE_ICONS[containerState(row)],
    flags: containerFlags(row, host),
    spoken: spoken(row, name, namesHost ? plainText(host.label) : undefined),
    ...(hasChildren ? { fold: 'folded' } : {}),
    command: { id: 'pocker.containers.click', title: l10n.t('Open') },
  }
}

/** What the menus ask for. */
export function containerFlags(row: ContainerRow, host: Host): readonly string[] {
  const ports = row.ports.some(({ host: published }) => published !== undefined)
  return [
    'container',
    row.status,
    ...(isLive(row) ? ['live'] : ['still']),
    ...(row.health === undefined ? [] : [row.health]),
    ...(ports ? ['ports'] : []),
    ...(row.networkMode === 'host' ? ['hostnet'] : []),
    ...(row.labels['com.docker.compose.project'] === undefined ? [] : ['compose']),
    host.kind,
    ...actFlags(host),
  ]
}

// What is not well comes first: a narrow side bar cuts off the end.
function description(row: ContainerRow): string {
  const state = stateText(row)
  const time = row.status === 'created' || row.status === 'removing' ? undefined : coarseTime(row.statusText)
  const [since, ago] = isLive(row) ? [time, undefined] : [undefined, time === undefined ? undefined : l10n.t('{0} ago', time)]
  const parts = [state, ago, imageName(row.image), portsText(row.ports), since]
  return parts.filter((part) => part !== undefined && part !== '').join(' · ')
}

/** What the icon says, where it is not that all is well. */
function stateText(row: ContainerRow): string | undefined {
  const failures = row.healthFailures
  switch (containerState(row)) {
    case 'running':
    case 'healthy':
      return undefined
    case 'starting':
      return failures === undefined
        ? l10n.t('starting')
        : failures.count === 1
          ? l10n.t('starting, one probe has failed')
          : l10n.t('starting, {0} probes have failed', failures.count)
    case 'unhealthy': {
      const output = plainText(failures?.output ?? '', 80)
      return output === '' ? l10n.t('unhealthy') : l10n.t('unhealthy: {0}', output)
    }
    case 'killed':
      return l10n.t('exited {0}', row.exitCode ?? 0)
    case 'created':
      return l10n.t('created')
    default:
      return stateWords(row)
  }
}

function spoken(row: ContainerRow, name: string, host: string | undefined): string {
  const output = plainText(row.healthFailures?.output ?? '', 80)
  const ports = portsText(row.ports)
  return [
    name,
    stateWords(row),
    ...(output === '' ? [] : [output]),
    l10n.t('image {0}', imageName(row.image)),
    ...(ports === undefined ? [] : [l10n.t('ports {0}', ports.replaceAll('→', ' to '))]),
    ...(host === undefined ? [] : [l10n.t('on {0}', host)]),
  ].join(', ')
}
