/** Files of places into a folder of this machine. */
import * as l10n from '@vscode/l10n'
import { plainText } from '../../text/plain-text.ts'
import type { FileRef } from '../place.ts'
import { filesOf } from '../place-access.ts'
import type { Platform } from '../transfer/local-names.ts'
import { localTarget } from '../transfer/local-target.ts'
import { placeSource } from '../transfer/place-source.ts'
import { copyFlow } from './copy-flow.ts'
import type { FlowParts } from './flow-parts.ts'
import { fileWords } from './words.ts'

/** Asks where to, and says what came there, for no view shows it. Errors: those of `copyFlow`. */
export async function download(
  { ui, hosts }: FlowParts,
  files: readonly FileRef[],
  platform: Platform = process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux',
): Promise<void> {
  const [first] = files
  if (first === undefined) return
  const title = files.length === 1 ? l10n.t('Download {0}', fileWords(first)) : l10n.t('Download {0} files and folders', files.length)
  const [folder] = await ui.chooseFolders({ title, button: l10n.t('Download Here'), many: false })
  if (folder === undefined) return
  const sources = () =>
    Promise.all(files.map(async ({ place, path }) => placeSource(await filesOf(hosts, place), path, nameFor(place, path))))
  const count = await copyFlow({ ui, title, sources, target: localTarget(folder, platform), folder })
  if (count !== undefined)
    ui.tell(count === 1 ? l10n.t('One file was saved in {0}.', folder) : l10n.t('{0} files were saved in {1}.', count, folder))
}

/** A whole place gets its own name. */
function nameFor({ name }: FileRef['place'], path: string): string | undefined {
  return path === '/' ? plainText(name, 100) : undefined
}
