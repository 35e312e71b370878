/** The commands of containers' lives. Flows that ask something are read when one is first wanted. */
import * as l10n from '@vscode/l10n'
import { chooseHost } from '../choose.ts'
import type { Door, Handler } from '../door.ts'
import type { CommandId } from '../ids.ts'
import { ACTS } from './acts.ts'
import { type BrowserParts, copyAddress, openInBrowser } from './browser.ts'
import { copyIds, copyNames } from './copy.ts'
import type { ExportParts } from './export.ts'
import { actOnContainers, type LifecycleParts } from './on-containers.ts'

export interface RegisterLifecycleParts extends ExportParts, BrowserParts {
  readonly door: Door
}

/** Registers them. */
export function registerLifecycle(context: { readonly subscriptions: { dispose(): unknown }[] }, parts: RegisterLifecycleParts): void {
  const commands: readonly (readonly [CommandId, Handler])[] = [
    ...ACTS.map((act) => [act.id, (item: unknown, selected: unknown) => actOnContainers(parts, act, item, selected)] as const),
    ['pocker.containers.kill', async (item, selected) => (await import('./kill.ts')).killFlow(parts, item, selected)],
    ['pocker.containers.rename', async (item) => (await import('./rename.ts')).renameFlow(parts, item)],
    ['pocker.containers.remove', async (item, selected) => (await import('./remove.ts')).removeFlow(parts, item, selected)],
    ['pocker.containers.prune', (item) => prune(parts, item)],
    ['pocker.containers.commit', async (item) => (await import('./commit.ts')).commitFlow(parts, item)],
    ['pocker.containers.export', async (item, selected) => (await import('./export.ts')).exportFlow(parts, item, selected)],
    ['pocker.containers.update', async (item) => (await import('./update.ts')).updateFlow(parts, item)],
    ['pocker.containers.copyId', (item, selected) => copyIds(parts, item, selected)],
    ['pocker.containers.copyName', (item, selected) => copyNames(parts, item, selected)],
    ['pocker.containers.openInBrowser', (item) => openInBrowser(parts, item)],
    ['pocker.containers.copyAddress', (item) => copyAddress(parts, item)],
  ]
  context.subscriptions.push(...commands.map(([id, handler]) => parts.door.register(id, handler)))
}

async function prune(parts: LifecycleParts, item: unknown): Promise<void> {
  const host = await chooseHost(parts, item, { title: l10n.t('Remove Stopped Containers') })
  if (host === undefined) return
  const { cleanUp } = await import('../../cleanup/clean-up.ts')
  await cleanUp(parts.ask, host, { only: 'containers', busy: parts.busy })
}
