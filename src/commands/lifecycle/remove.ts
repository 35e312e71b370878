import * as l10n from '@vscode/l10n'
import { isLive } from '../../model/container-state.ts'
import type { ContainerRow } from '../../model/rows.ts'
import { plainText } from '../../text/plain-text.ts'
import { forEach } from '../each.ts'
import { type ContainerRef, containerRowOf } from '../refs.ts'
import { chosenContainers, type LifecycleParts, named, nameOf, pathOf } from './on-containers.ts'

/** A dialog has room for so many. */
const MOST_NAMED = 8

/**
 * Removes containers; asks where data would go: of one that runs, or in volumes that have no name. Those go too, for nobody would find them
 * again. Errors: EngineError, SomeFailed.
 */
export async function removeFlow(parts: LifecycleParts, item: unknown, selected: unknown): Promise<void> {
  const isFor = ({ status }: ContainerRow) => status !== 'removing'
  const forNone = () => l10n.t('All that was chosen is being removed already.')
  const { refs } = await chosenContainers(parts, { item, selected, title: l10n.t('Remove'), isFor, forNone })
  if (refs.length === 0) return
  const losses = refs.flatMap((ref) => lossesOf(ref))
  if (losses.length > 0 && !(await mayGo(parts, refs, losses))) return
  await parts.busy(() => forEach(refs.map(named), remove))
}

async function remove(ref: ContainerRef): Promise<void> {
  const row = containerRowOf(ref)
  // Not by force where nobody was asked: one that has been started meanwhile stays.
  const query = { force: row !== undefined && isLive(row), v: true }
  await ref.host.client.tell('DELETE', pathOf(ref.containerId), { query, timeout: 0 })
}

async function mayGo({ ask }: LifecycleParts, refs: readonly ContainerRef[], losses: readonly string[]): Promise<boolean> {
  const [only] = refs
  const named = losses.slice(0, MOST_NAMED)
  const more = losses.length - named.length
  const rest = more > 0 ? [l10n.t('And {0} more.', more)] : []
  const stays = l10n.t('Volumes that have a name, and folders of this machine, stay. What goes cannot be brought back.')
  return await ask.confirm({
    text: refs.length === 1 && only !== undefined ? l10n.t('Remove “{0}”?', nameOf(only)) : l10n.t('Remove {0} containers?', refs.length),
    detail: [...named, ...rest, '', stays].join('\n'),
    button: refs.length === 1 ? l10n.t('Remove') : l10n.t('Remove {0} Containers', refs.length),
  })
}

/** What would go with a container, in sentences. */
function lossesOf(ref: ContainerRef): readonly string[] {
  const row = containerRowOf(ref)
  if (row === undefined) return []
  const name = nameOf(ref)
  const volumes = row.mounts.filter(isUnnamed).map(({ destination }) => plainText(destination, 60))
  return [
    ...(isLive(row) ? [l10n.t('“{0}” runs: it is ended at once, and what it has written outside of volumes goes.', name)] : []),
    ...(volumes.length > 0 ? [l10n.t('The data of “{0}” in {1} goes: it is in volumes without a name.', name, volumes.join(', '))] : []),
  ]
}

// An engine names a volume that nobody has named by a random number.
function isUnnamed({ type, source }: ContainerRow['mounts'][number]): boolean {
  return type === 'volume' && /^[0-9a-f]{64}$/.test(source)
}
