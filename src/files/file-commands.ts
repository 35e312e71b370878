/** What the commands of files do. */

import { posix } from 'node:path'
import * as l10n from '@vscode/l10n'
import type { Handler } from '../commands/door.ts'
import type { CommandId } from '../commands/ids.ts'
import { containerRefOf, volumeRefOf } from '../commands/refs.ts'
import { changeView } from './flows/change-view.ts'
import { discardChange } from './flows/discard-change.ts'
import { download } from './flows/download.ts'
import { deleteFiles, newFile, newFolder, renameFile } from './flows/edit-files.ts'
import type { FlowParts } from './flows/flow-parts.ts'
import { changeRowOf, changesRowOf, fileOf, fileRowOf, filesOfItems, folderTarget, type TargetParts, typedFile } from './flows/targets.ts'
import { upload } from './flows/upload.ts'
import { fileWords } from './flows/words.ts'
import type { FileRef } from './place.ts'
import { filesOf } from './place-access.ts'
import type { ChangeRows } from './rows/change-rows.ts'
import { placeOfContainer, placeOfVolume } from './rows/sources.ts'
import { shownName } from './shown-name.ts'
import { localSource } from './transfer/local-source.ts'

export interface FileCommandsParts extends TargetParts {
  readonly flow: FlowParts
  readonly changes: ChangeRows
  /** Selects a file's row where its container is shown. */
  readonly reveal: (file: FileRef) => Promise<void>
  readonly addToWorkspace: (file: FileRef) => void
}

/** The handlers by command. */
export function fileCommands(parts: FileCommandsParts): Readonly<Partial<Record<CommandId, Handler>>> {
  const { flow, changes, ui, hosts } = parts
  const inFolder = (title: string, act: (folder: FileRef) => Promise<void>) => async (item: unknown) => {
    const folder = await folderTarget(parts, item, title)
    if (folder !== undefined) await act(folder)
  }
  const inChange = (act: (file: FileRef, row: NonNullable<ReturnType<typeof changeRowOf>>) => Promise<void>) => async (item: unknown) => {
    const row = changeRowOf(item)
    if (row !== undefined) await act(row.change.file, row)
  }
  return {
    'pocker.files.open': async (item) => {
      const file = fileOf(item)
      if (file !== undefined) await ui.open(file)
    },
    'pocker.files.openChange': inChange(async (file, { change }) => {
      const view = await changeView(hosts, file, change.kind)
      if (view.kind === 'open') await ui.open(view.file)
      else if (view.kind === 'compare') await ui.compare(view.before, view.after, view.title)
      else ui.tell(view.text)
    }),
    'pocker.files.discardChange': inChange(async (file, { change, container }) => {
      if (!(await discardChange({ ui, hosts }, file, change.kind))) return
      changes.putBack(container, file.path)
      changes.refresh(container)
      flow.refresh({ place: file.place, path: posix.dirname(file.path) })
    }),
    'pocker.files.refresh': (item) => {
      const row = fileRowOf(item)
      if (row !== undefined) flow.refresh(row.file)
      const container = changesRowOf(item)?.changesOf
      if (container !== undefined) changes.refresh(container)
    },
    'pocker.files.newFile': inFolder(l10n.t('New File'), (folder) => newFile(flow, folder)),
    'pocker.files.newFolder': inFolder(l10n.t('New Folder'), (folder) => newFolder(flow, folder)),
    'pocker.files.rename': async (item) => {
      const file = fileOf(item)
      if (file !== undefined && file.path !== '/') await renameFile(flow, file)
    },
    'pocker.files.delete': (item, selected) => deleteFiles(flow, filesOfItems(item, selected)),
    'pocker.files.upload': inFolder(l10n.t('Upload Files'), async (folder) => {
      const paths = await ui.chooseFiles({ title: l10n.t('Upload to {0}', fileWords(folder)), button: l10n.t('Upload') })
      if (paths.length > 0) await upload(flow, folder, () => Promise.all(paths.map(localSource)))
    }),
    'pocker.files.uploadFolder': inFolder(l10n.t('Upload Folder'), async (folder) => {
      const title = l10n.t('Upload to {0}', fileWords(folder))
      const paths = await ui.chooseFolders({ title, button: l10n.t('Upload'), many: true })
      if (paths.length > 0) await upload(flow, folder, () => Promise.all(paths.map(localSource)))
    }),
    'pocker.files.download': async (item, selected) => {
      const given = filesOfItems(item, selected)
      const typed = given.length > 0 ? undefined : await typedFile(parts, item, { title: l10n.t('Download'), needs: 'any' })
      await download(flow, typed === undefined ? given : [typed])
    },
    'pocker.files.copyPath': async (item, selected) => {
      const paths = filesOfItems(item, selected).map(({ path }) => path)
      if (paths.length > 0) await ui.copy(paths.join('\n'))
    },
    'pocker.files.reveal': async (item) => {
      const file = await typedFile(parts, item, { title: l10n.t('Reveal by Path'), needs: 'any' })
      if (file === undefined) return
      const { kind } = await (await filesOf(hosts, file.place)).stat(file.path, { follow: true })
      await parts.reveal(file)
      if (kind === 'file') await ui.open(file)
    },
    'pocker.files.addToWorkspace': async (item) => {
      const folder = await folderOf(parts, item)
      if (folder !== undefined && (await mayAdd(ui, folder))) parts.addToWorkspace(folder)
    },
  }
}

async function folderOf(parts: FileCommandsParts, item: unknown): Promise<FileRef | undefined> {
  const row = fileRowOf(item)
  if (row?.kind === 'folder') return row.file
  const container = containerRefOf(item)
  const volume = volumeRefOf(item)
  if (volume !== undefined) return { place: placeOfVolume(parts.names, volume), path: '/' }
  const title = l10n.t('Add to Workspace')
  return container === undefined
    ? await typedFile(parts, item, { title, needs: 'pocker' })
    : { place: placeOfContainer(parts.names, container), path: '/' }
}

// VS Code takes folders of other schemes than `file:` for trusted, whatever is in them.
async function mayAdd(ui: FileCommandsParts['ui'], folder: FileRef): Promise<boolean> {
  const text = l10n.t('Add {0} to the workspace?', fileWords(folder))
  const detail = l10n.t(
    'Settings, tasks and recommendations that lie in a folder .vscode of “{0}” take effect then as if they were yours. Add only what you trust.',
    shownName(folder.place.name, 80),
  )
  return await ui.confirm({ text, detail, button: l10n.t('Add to Workspace') })
}
