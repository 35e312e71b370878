import * as l10n from '@vscode/l10n'
import type { AskFiles } from '../../ask/files.ts'
import { plainText } from '../../text/plain-text.ts'
import { sizeText } from '../../text/size.ts'
import type { ShowTransfer } from '../../transfer/progress.ts'
import { saveStream } from '../../transfer/save-stream.ts'
import { chooseContainers } from '../choose.ts'
import { type LifecycleParts, nameOf, pathOf } from './on-containers.ts'

export interface ExportParts extends LifecycleParts {
  readonly files: AskFiles
  readonly transfer: ShowTransfer
}

/** Writes the files of a container to an archive of the user's choice, one after the other for several. Errors: EngineError; those of files. */
export async function exportFlow(parts: ExportParts, item: unknown, selected: unknown): Promise<void> {
  const { refs } = await chooseContainers(parts, item, selected, { title: l10n.t('Export Files') })
  for (const ref of refs) {
    const name = nameOf(ref)
    const path = await parts.files.save({ title: l10n.t('Export the files of “{0}”', name), name: `${name}.tar` })
    if (path === undefined) return
    await parts.transfer(l10n.t('exporting {0}', name), async ({ signal, report }) => {
      const stream = await ref.host.client.stream('GET', `${pathOf(ref.containerId)}/export`, { signal, timeout: 0 })
      await saveStream(stream, { path, signal, onBytes: (bytes) => report(sizeText(bytes), undefined) })
    })
    parts.ask.tell(l10n.t('The files of “{0}” are in {1}.', name, plainText(path)))
  }
}
