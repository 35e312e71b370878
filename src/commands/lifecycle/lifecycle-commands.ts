/** What the commands of containers' lives do. */
import * as l10n from '@vscode/l10n'
import { cleanUp } from '../../cleanup/clean-up.ts'
import { chooseHost } from '../choose.ts'
import type { Handler } from '../door.ts'
import type { LifecycleCommand } from '../ids.ts'
import { ACTS } from './acts.ts'
import { copyAddress, openInBrowser } from './browser.ts'
import { commitFlow } from './commit.ts'
import { copyIds, copyNames } from './copy.ts'
import { exportFlow } from './export.ts'
import { killFlow } from './kill.ts'
import { actOnContainers, type LifecycleParts } from './on-containers.ts'
import { probeScheme } from './probe-scheme.ts'
import type { RegisterLifecycleParts } from './register-lifecycle.ts'
import { removeFlow } from './remove.ts'
import { renameFlow } from './rename.ts'
import { updateFlow } from './update.ts'

/** By their ids. */
export function lifecycleCommands(parts: RegisterLifecycleParts): Readonly<Record<LifecycleCommand, Handler>> {
  const act =
    (name: keyof typeof ACTS): Handler =>
    (item, selected) =>
      actOnContainers(parts, ACTS[name], item, selected)
  const browser = { ...parts, probe: probeScheme }
  return {
    'pocker.containers.start': act('start'),
    'pocker.containers.stop': act('stop'),
    'pocker.containers.restart': act('restart'),
    'pocker.containers.pause': act('pause'),
    'pocker.containers.unpause': act('unpause'),
    'pocker.containers.kill': (item, selected) => killFlow(parts, item, selected),
    'pocker.containers.rename': (item) => renameFlow(parts, item),
    'pocker.containers.remove': (item, selected) => removeFlow(parts, item, selected),
    'pocker.containers.prune': (item) => prune(parts, item),
    'pocker.containers.commit': (item) => commitFlow(parts, item),
    'pocker.containers.export': (item, selected) => exportFlow(parts, item, selected),
    'pocker.containers.update': (item) => updateFlow(parts, item),
    'pocker.containers.copyId': (item, selected) => copyIds(parts, item, selected),
    'pocker.containers.copyName': (item, selected) => copyNames(parts, item, selected),
    'pocker.containers.openInBrowser': (item) => openInBrowser(browser, item),
    'pocker.containers.copyAddress': (item) => copyAddress(browser, item),
  }
}

async function prune(parts: LifecycleParts, item: unknown): Promise<void> {
  const host = await chooseHost(parts, item, { title: l10n.t('Remove Stopped Containers') })
  if (host !== undefined) await cleanUp(parts.ask, host, { only: 'containers', busy: parts.busy })
}
