/** Files that are dragged from one folder of places to another one. */

import { posix } from 'node:path'
import * as l10n from '@vscode/l10n'
import { InWords } from '../../errors/in-words.ts'
import { type FileRef, isBelow, isSamePlace } from '../place.ts'
import { filesOf } from '../place-access.ts'
import { shownName } from '../shown-name.ts'
import { placeSource } from '../transfer/place-source.ts'
import type { FlowParts } from './flow-parts.ts'
import { upload } from './upload.ts'
import { fileWords } from './words.ts'

/** Within one place they are moved, which is asked before; from another one they are copied. Errors: those of `Files` and `copyFlow`. */
export async function moveOrCopy(parts: FlowParts, files: readonly FileRef[], folder: FileRef): Promise<void> {
  const outer = withoutInner(files)
  const own = outer.filter(({ place }) => isSamePlace(place, folder.place))
  const others = outer.filter(({ place }) => !isSamePlace(place, folder.place))
  const moving = own.filter(({ path }) => posix.dirname(path) !== folder.path)
  if (moving.some(({ path }) => path === folder.path || isBelow(folder.path, path))) {
    throw new InWords('folder-into-itself', l10n.t('A folder cannot be put into itself.'))
  }
  if (moving.length > 0 && (await mayMove(parts, moving, folder))) await move(parts, moving, folder)
  if (others.length > 0) {
    const sources = () => Promise.all(others.map(async ({ place, path }) => placeSource(await filesOf(parts.hosts, place), path)))
    await upload(parts, folder, sources)
  }
}

async function mayMove({ ui }: FlowParts, files: readonly FileRef[], folder: FileRef): Promise<boolean> {
  const [first] = files
  const name = shownName(posix.basename(first?.path ?? ''), 120)
  const where = fileWords(folder)
  const text =
    files.length === 1 ? l10n.t('Move “{0}” to {1}?', name, where) : l10n.t('Move {0} files and folders to {1}?', files.length, where)
  const detail = l10n.t('Programs of the container that use it may look for it where it was.')
  return await ui.confirm({ text, detail, button: l10n.t('Move') })
}

async function move({ ui, refresh }: FlowParts, files: readonly FileRef[], folder: FileRef): Promise<void> {
  try {
    for (const file of files) await ui.rename(file, { place: folder.place, path: posix.join(folder.path, posix.basename(file.path)) })
  } finally {
    refresh(folder)
    for (const { place, path } of files) refresh({ place, path: posix.dirname(path) })
  }
}

/** Those that are in a folder that is among them go with it. */
export function withoutInner(files: readonly FileRef[]): readonly FileRef[] {
  return files.filter((file) => !files.some((other) => isSamePlace(other.place, file.place) && isBelow(file.path, other.path)))
}
