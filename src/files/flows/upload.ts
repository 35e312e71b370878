/** Files of this machine, or of another place, into a folder of a place. */
import * as l10n from '@vscode/l10n'
import { InWords } from '../../errors/in-words.ts'
import { type FileRef, isWritable } from '../place.ts'
import { filesOf } from '../place-access.ts'
import { placeTarget } from '../transfer/place-target.ts'
import type { SourceEntry } from '../transfer/source.ts'
import { copyFlow } from './copy-flow.ts'
import type { FlowParts } from './flow-parts.ts'
import { fileWords } from './words.ts'

/** Errors: InWords `read-only-place`; those of `copyFlow`. */
export async function upload(
  { ui, hosts, refresh }: FlowParts,
  folder: FileRef,
  sources: () => Promise<readonly SourceEntry[]>,
): Promise<void> {
  if (!isWritable(folder.place)) throw new InWords('read-only-place', l10n.t('Nothing can be put into an image: it is read-only.'))
  const target = placeTarget(await filesOf(hosts, folder.place), { keepsOwners: false })
  try {
    await copyFlow({ ui, title: l10n.t('Upload to {0}', fileWords(folder)), sources, target, folder: folder.path })
  } finally {
    refresh(folder)
  }
}
