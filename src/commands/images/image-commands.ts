/** What the commands of images do. */
import * as l10n from '@vscode/l10n'
import { cleanUp } from '../../cleanup/clean-up.ts'
import { forgetLogin } from '../../registry/with-login.ts'
import { chooseHost } from '../choose.ts'
import type { Handler } from '../door.ts'
import type { ImageCommand } from '../ids.ts'
import { importFlow, loadFlow, saveFlow } from './archives.ts'
import { copyIds, copyNames } from './copy.ts'
import { copyToHostFlow } from './copy-to-host.ts'
import { historyFlow } from './history.ts'
import type { ImageParts } from './image-parts.ts'
import { pullFlow, pullForPlatformFlow } from './pull.ts'
import { pushFlow } from './push.ts'
import type { RegisterImagesParts } from './register-images.ts'
import { removeFlow } from './remove.ts'
import { searchFlow } from './search.ts'
import { tagFlow } from './tag.ts'

/** By their ids. */
export function imageCommands(parts: RegisterImagesParts): Readonly<Record<ImageCommand, Handler>> {
  return {
    'pocker.images.pull': (item) => pullFlow(parts, item),
    'pocker.images.pullForPlatform': (item) => pullForPlatformFlow(parts, item),
    'pocker.images.search': (item) => searchFlow(parts, item),
    'pocker.images.remove': (item, selected) => removeFlow(parts, item, selected),
    'pocker.images.prune': (item) => prune(parts, item),
    'pocker.images.tag': (item) => tagFlow(parts, item),
    'pocker.images.push': (item, selected) => pushFlow(parts, item, selected),
    'pocker.images.copyTo': (item, selected) => copyToHostFlow(parts, item, selected),
    'pocker.images.save': (item, selected) => saveFlow(parts, item, selected),
    'pocker.images.load': (item) => loadFlow(parts, item),
    'pocker.images.import': (item) => importFlow(parts, item),
    'pocker.images.history': (item, selected) => historyFlow(parts, item, selected),
    'pocker.images.copyId': (item, selected) => copyIds(parts, item, selected),
    'pocker.images.copyName': (item, selected) => copyNames(parts, item, selected),
    'pocker.registry.forgetLogin': () => forgetLogin(parts.ask, parts.logins),
  }
}

async function prune(parts: ImageParts, item: unknown): Promise<void> {
  const host = await chooseHost(parts, item, { title: l10n.t('Remove Unused Images') })
  if (host !== undefined) await cleanUp(parts.ask, host, { only: 'images', busy: parts.busy })
}
