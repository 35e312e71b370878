import * as l10n from '@vscode/l10n'
import type { Host } from '../../hosts/host.ts'
import type { ItemLook } from '../item-look.ts'
import { canAct } from '../usable-hosts.ts'
import type { Group } from './arrange.ts'

/** A group, with how many of its containers run. */
export function groupLook({ key, label, ids, running }: Group, host: Host): ItemLook {
  const count = l10n.t('{0} of {1} running', running, ids.length)
  return {
    id: key,
    label,
    description: count,
    icon: { name: 'layers' },
    flags: ['group', canAct(host) ? 'ready' : 'stale', ...(running > 0 ? ['some'] : []), ...(running < ids.length ? ['rest'] : [])],
    spoken: l10n.t('group {0}, {1}', label, count),
    fold: 'open',
  }
}
