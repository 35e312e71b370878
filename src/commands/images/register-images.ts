/** The commands of images. */

import * as l10n from '@vscode/l10n'
import { cleanUp } from '../../cleanup/clean-up.ts'
import type { Logins } from '../../registry/logins.ts'
import { forgetLogin } from '../../registry/with-login.ts'
import { chooseHost } from '../choose.ts'
import type { Door, Handler } from '../door.ts'
import type { CommandId } from '../ids.ts'
import { importFlow, loadFlow, saveFlow } from './archives.ts'
import { copyIds, copyNames } from './copy.ts'
import { copyToHostFlow } from './copy-to-host.ts'
import { historyFlow } from './history.ts'
import type { ImageParts } from './image-parts.ts'
import { pullFlow, pullForPlatformFlow } from './pull.ts'
import { pushFlow } from './push.ts'
import { removeFlow } from './remove.ts'
import { searchFlow } from './search.ts'
import { tagFlow } from './tag.ts'

export interface RegisterImagesParts extends ImageParts {
  readonly door: Door
  readonly logins: Logins
}

/** Registers them. */
export function registerImageCommands(context: { readonly subscriptions: { dispose(): unknown }[] }, parts: RegisterImagesParts): void {
  const commands: readonly (readonly [CommandId, Handler])[] = [
    ['pocker.images.pull', (item) => pullFlow(parts, item)],
    ['pocker.images.pullForPlatform', (item) => pullForPlatformFlow(parts, item)],
    ['pocker.images.search', (item) => searchFlow(parts, item)],
    ['pocker.images.remove', (item, selected) => removeFlow(parts, item, selected)],
    ['pocker.images.prune', (item) => prune(parts, item)],
    ['pocker.images.tag', (item) => tagFlow(parts, item)],
    ['pocker.images.push', (item, selected) => pushFlow(parts, item, selected)],
    ['pocker.images.copyTo', (item, selected) => copyToHostFlow(parts, item, selected)],
    ['pocker.images.save', (item, selected) => saveFlow(parts, item, selected)],
    ['pocker.images.load', (item) => loadFlow(parts, item)],
    ['pocker.images.import', (item) => importFlow(parts, item)],
    ['pocker.images.history', (item, selected) => historyFlow(parts, item, selected)],
    ['pocker.images.copyId', (item, selected) => copyIds(parts, item, selected)],
    ['pocker.images.copyName', (item, selected) => copyNames(parts, item, selected)],
    ['pocker.registry.forgetLogin', () => forgetLogin(parts.ask, parts.logins)],
  ]
  context.subscriptions.push(...commands.map(([id, handler]) => parts.door.register(id, handler)))
}

async function prune(parts: ImageParts, item: unknown): Promise<void> {
  const host = await chooseHost(parts, item, { title: l10n.t('Remove Unused Images') })
  if (host !== undefined) await cleanUp(parts.ask, host, { only: 'images', busy: parts.busy })
}
