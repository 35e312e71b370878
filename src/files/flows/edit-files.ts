/** New, renamed and deleted files. */

import { posix } from 'node:path'
import * as l10n from '@vscode/l10n'
import { codeOf } from '../../client/engine-problem.ts'
import { forEach } from '../../commands/each.ts'
import type { FileRef } from '../place.ts'
import { shownName } from '../shown-name.ts'
import { isName } from '../transfer/place-target.ts'
import type { FlowParts } from './flow-parts.ts'
import { withoutInner } from './move.ts'
import { fileWords } from './words.ts'

/** Asks for a name and makes the file, empty; it is opened. Errors: those of `Files`. */
export async function newFile({ ui, system, refresh }: FlowParts, folder: FileRef): Promise<void> {
  const file = await askName(ui, { title: l10n.t('New file in {0}', fileWords(folder)), folder, value: '' })
  if (file === undefined) return
  await system.write(file, new Uint8Array(), { create: true, overwrite: false })
  refresh(folder)
  await ui.open(file)
}

/** Asks for a name and makes the folder. Errors: those of `Files`. */
export async function newFolder({ ui, system, refresh }: FlowParts, folder: FileRef): Promise<void> {
  const file = await askName(ui, { title: l10n.t('New folder in {0}', fileWords(folder)), folder, value: '' })
  if (file === undefined) return
  await system.makeFolder(file)
  refresh(folder)
}

/** Asks for another name. Errors: those of `Files`. */
export async function renameFile({ ui, refresh }: FlowParts, file: FileRef): Promise<void> {
  const folder: FileRef = { place: file.place, path: posix.dirname(file.path) }
  const to = await askName(ui, { title: l10n.t('Rename {0}', fileWords(file)), folder, value: posix.basename(file.path) })
  if (to === undefined || to.path === file.path) return
  await ui.rename(file, to)
  refresh(folder)
}

/** Asks, and deletes them with all that is in them. What is gone already is no failure. Errors: those of `forEach`. */
export async function deleteFiles({ ui, system, refresh }: FlowParts, files: readonly FileRef[]): Promise<void> {
  const outer = withoutInner(files).filter(({ path }) => path !== '/')
  const [first] = outer
  if (first === undefined) return
  const name = shownName(posix.basename(first.path), 120)
  const where = fileWords({ place: first.place, path: posix.dirname(first.path) })
  const text = outer.length === 1 ? l10n.t('Delete “{0}” from {1}?', name, where) : l10n.t('Delete {0} files and folders?', outer.length)
  const detail = l10n.t('Folders go with all that is in them. None of it can be brought back.')
  if (!(await ui.confirm({ text, detail, button: l10n.t('Delete') }))) return
  try {
    await forEach(
      outer.map((file) => ({ name: shownName(file.path, 120), value: file })),
      async (file) => {
        try {
          await system.remove(file, { recursive: true })
        } catch (error) {
          if (codeOf(error) !== 'no-such-file') throw error
        }
      },
    )
  } finally {
    for (const { place, path } of outer) refresh({ place, path: posix.dirname(path) })
  }
}

interface NameQuestion {
  readonly title: string
  readonly folder: FileRef
  readonly value: string
}

async function askName(ui: FlowParts['ui'], { title, folder, value }: NameQuestion): Promise<FileRef | undefined> {
  const check = (text: string) => (isName(text) ? undefined : l10n.t('A name has no slash in it, and is not “.” or “..”.'))
  const name = await ui.input({ title, prompt: l10n.t('Name'), value, check })
  return name === undefined ? undefined : { place: folder.place, path: posix.join(folder.path, name) }
}
