/** The commands of images. Their flows are read when one is first wanted. */

import * as l10n from '@vscode/l10n'
import type { Logins } from '../../registry/logins.ts'
import { forgetLogin } from '../../registry/with-login.ts'
import { chooseHost } from '../choose.ts'
import type { Door, Handler } from '../door.ts'
import type { CommandId } from '../ids.ts'
import type { ImageParts } from './image-parts.ts'

export interface RegisterImagesParts extends ImageParts {
  readonly door: Door
  readonly logins: Logins
}

/** Registers them. */
export function registerImageCommands(context: { readonly subscriptions: { dispose(): unknown }[] }, parts: RegisterImagesParts): void {
  const commands: readonly (readonly [CommandId, Handler])[] = [
    ['pocker.images.pull', async (item) => (await import('./pull.ts')).pullFlow(parts, item)],
    ['pocker.images.pullForPlatform', async (item) => (await import('./pull.ts')).pullForPlatformFlow(parts, item)],
    ['pocker.images.search', async (item) => (await import('./search.ts')).searchFlow(parts, item)],
    ['pocker.images.remove', async (item, selected) => (await import('./remove.ts')).removeFlow(parts, item, selected)],
    ['pocker.images.prune', (item) => prune(parts, item)],
    ['pocker.images.tag', async (item) => (await import('./tag.ts')).tagFlow(parts, item)],
    ['pocker.images.push', async (item, selected) => (await import('./push.ts')).pushFlow(parts, item, selected)],
    ['pocker.images.copyTo', async (item, selected) => (await import('./copy-to-host.ts')).copyToHostFlow(parts, item, selected)],
    ['pocker.images.save', async (item, selected) => (await import('./archives.ts')).saveFlow(parts, item, selected)],
    ['pocker.images.load', async (item) => (await import('./archives.ts')).loadFlow(parts, item)],
    ['pocker.images.import', async (item) => (await import('./archives.ts')).importFlow(parts, item)],
    ['pocker.images.history', async (item, selected) => (await import('./history.ts')).historyFlow(parts, item, selected)],
    ['pocker.images.copyId', async (item, selected) => (await import('./copy.ts')).copyIds(parts, item, selected)],
    ['pocker.images.copyName', async (item, selected) => (await import('./copy.ts')).copyNames(parts, item, selected)],
    ['pocker.registry.forgetLogin', () => forgetLogin(parts.ask, parts.logins)],
  ]
  context.subscriptions.push(...commands.map(([id, handler]) => parts.door.register(id, handler)))
}

async function prune(parts: ImageParts, item: unknown): Promise<void> {
  const host = await chooseHost(parts, item, { title: l10n.t('Remove Unused Images') })
  if (host === undefined) return
  const { cleanUp } = await import('../../cleanup/clean-up.ts')
  await cleanUp(parts.ask, host, { only: 'images', busy: parts.busy })
}
