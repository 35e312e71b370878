/** Making something in a container as the image has it. */

import { posix } from 'node:path'
import * as l10n from '@vscode/l10n'
import { InWords } from '../../errors/in-words.ts'
import type { Hosts } from '../../hosts/hosts.ts'
import type { ChangeKind } from '../changes.ts'
import type { FileRef } from '../place.ts'
import { filesOf } from '../place-access.ts'
import { shownName } from '../shown-name.ts'
import { carryOver } from '../transfer/carry-over.ts'
import { originOf } from './change-view.ts'
import type { FilesUi } from './files-ui.ts'

/** Asks, and does it; whether it was done. Errors: InWords `cannot-discard`; those of `Files`. */
export async function discardChange(
  parts: { readonly ui: FilesUi; readonly hosts: Hosts },
  file: FileRef,
  kind: ChangeKind,
): Promise<boolean> {
  const { ui, hosts } = parts
  const name = shownName(posix.basename(file.path), 120)
  const where = shownName(file.place.name, 80)
  if (kind === 'added') {
    const text = l10n.t('Delete “{0}” from {1}?', name, where)
    const detail = l10n.t('It is not in the image, so it is lost with all that is in it.')
    if (!(await ui.confirm({ text, detail, button: l10n.t('Delete') }))) return false
    await (await filesOf(hosts, file.place)).remove(file.path, { recursive: true })
    return true
  }
  const [origin, files] = await Promise.all([filesOf(hosts, originOf(file.place)), filesOf(hosts, file.place)])
  const was = await origin.stat(file.path)
  if (was.kind === 'link' || was.kind === 'other' || (kind === 'modified' && was.kind === 'folder')) {
    throw new InWords('cannot-discard', l10n.t('“{0}” cannot be put back: only files, and folders that were deleted, can.', name))
  }
  const text = l10n.t('Put “{0}” back into {1} as the image has it?', name, where)
  const detail = kind === 'modified' ? l10n.t('What the container has there now is lost.') : l10n.t('It was deleted from the container.')
  if (!(await ui.confirm({ text, detail, button: l10n.t('Put Back') }))) return false
  await carryOver({ source: origin, from: file.path, target: files, to: file.path, overwrite: kind === 'modified', keepsOwners: true })
  return true
}
