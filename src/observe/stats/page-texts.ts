/** What the statistics page says. */
import * as l10n from '@vscode/l10n'
import type { ContainerRef } from '../../commands/refs.ts'
import { containerRowOf } from '../../commands/refs.ts'
import { sentenceOf } from '../../errors/words.ts'
import { isLive } from '../../model/container-state.ts'
import { plainText } from '../../text/plain-text.ts'
import { stateWords } from '../../views/containers/state-look.ts'
import type { PageTexts, ShownState } from './messages.ts'

/** The page's own texts. */
export function pageTexts(): PageTexts {
  return {
    cpu: l10n.t('CPU'),
    memory: l10n.t('Memory'),
    network: l10n.t('Network'),
    disk: l10n.t('Disk'),
    received: l10n.t('in'),
    sent: l10n.t('out'),
    read: l10n.t('read'),
    written: l10n.t('written'),
    limit: l10n.t('of {0}'),
    waiting: l10n.t('waiting for the first numbers…'),
    idle: l10n.t('no numbers'),
    past: l10n.t('2 minutes ago'),
    now: l10n.t('now'),
    processes: l10n.t('{0} processes'),
    oneProcess: l10n.t('1 process'),
  }
}

/** How the container is, or why nothing is known of it. `error`: why its numbers cannot be read. */
export function shownState(ref: ContainerRef, error?: unknown): ShownState {
  const { host } = ref
  if (host.state.kind !== 'ready') return { words: l10n.t('{0} does not answer', plainText(host.label)), isLive: false }
  const row = containerRowOf(ref)
  if (row === undefined) return { words: host.model.hasSnapshot ? l10n.t('removed') : l10n.t('looking for it…'), isLive: false }
  if (error !== undefined) return { words: `${stateWords(row)} · ${sentenceOf(error)}`, isLive: false }
  return { words: stateWords(row), isLive: isLive(row) }
}
