import * as l10n from '@vscode/l10n'
import { chooseContainers } from '../choose.ts'
import { containerRowOf } from '../refs.ts'
import type { LifecycleParts } from './on-containers.ts'

/** Copies IDs, in full, a line each. */
export async function copyIds(parts: LifecycleParts, item: unknown, selected: unknown): Promise<void> {
  const { refs } = await chooseContainers(parts, item, selected, { title: l10n.t('Copy ID'), withoutEngine: true })
  if (refs.length > 0) await parts.ask.copy(refs.map(({ containerId }) => containerId).join('\n'))
}

/** Copies names, a line each. Engines know no names with line ends. */
export async function copyNames(parts: LifecycleParts, item: unknown, selected: unknown): Promise<void> {
  const { refs } = await chooseContainers(parts, item, selected, { title: l10n.t('Copy Name'), withoutEngine: true })
  if (refs.length > 0) await parts.ask.copy(refs.map((ref) => containerRowOf(ref)?.name ?? ref.containerId).join('\n'))
}
