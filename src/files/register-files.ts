/** The files of containers and images: the scheme `pocker:`, rows for the views, and the commands that belong to them. */

import { posix } from 'node:path'
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { Ask } from '../ask/ask.ts'
import type { Door } from '../commands/door.ts'
import { COMMANDS } from '../commands/ids.ts'
import { type ContainerRef, containerRefOf, volumeRefOf } from '../commands/refs.ts'
import type { Hosts } from '../hosts/hosts.ts'
import { listenToHosts } from '../views/host-events.ts'
import { registerDecorations } from './decorations.ts'
import { fileDrags } from './drag-and-drop.ts'
import { fileCommands } from './file-commands.ts'
import { FileSystem } from './file-system.ts'
import { registerFileSystem, uriOf } from './file-system-provider.ts'
import { download } from './flows/download.ts'
import type { FlowParts } from './flows/flow-parts.ts'
import { isAsImage } from './flows/is-as-image.ts'
import { fileRowOf } from './flows/targets.ts'
import type { FileRef, Place } from './place.ts'
import { fileRefOf, normalPath, PlaceNames } from './place-uri.ts'
import { type RevealParts, revealPath } from './reveal-path.ts'
import { ChangeRows } from './rows/change-rows.ts'
import { FolderRows } from './rows/folder-rows.ts'
import { type FileSources, fileSources, placeOfContainer, placeOfVolume } from './rows/sources.ts'
import { shownName } from './shown-name.ts'
import { vscodeFilesUi } from './vscode-files-ui.ts'
import { Watches } from './watches.ts'

export interface RegisterFilesParts {
  readonly hosts: Hosts
  readonly door: Door
  readonly ask: Ask
  readonly log: { debug(message: string): void }
  /** The view under whose title progress is shown. */
  readonly progressView: string
}

export interface ShowsContainers {
  readonly view: vscode.TreeView<unknown>
  /** The row of a container, where it is shown. */
  find(container: ContainerRef): unknown
}

export interface RegisteredFiles extends FileSources {
  /** For either view. */
  dragAndDrop<Node>(): vscode.TreeDragAndDropController<Node>
  /** The view of containers shows the rows: what nobody sees is watched no longer. */
  shownIn(containers: ShowsContainers): void
  /** The view of volumes shows rows, too. */
  volumesIn(view: vscode.TreeView<unknown>): void
  /** A file of a container, to be opened. */
  uriOf(container: ContainerRef, path: string): vscode.Uri
}

/** Registers all of it. Nothing is asked of any engine before somebody looks. */
export function registerFiles(context: vscode.ExtensionContext, parts: RegisterFilesParts): RegisteredFiles {
  const { hosts, door, ask } = parts
  const names = new PlaceNames()
  const watches = new Watches(hosts, (message) => parts.log.debug(message))
  const system = new FileSystem({ hosts, watches, openFiles })
  const folders = new FolderRows({ hosts, watches, names })
  const changes = new ChangeRows((container, path) => isAsImage(hosts, { place: placeOfContainer(names, container), path }))
  const ui = vscodeFilesUi({ ask, names, system, progressView: parts.progressView })
  const flow: FlowParts = { ui, hosts, system, refresh: (folder) => folders.refresh(folder) }
  let shown: Pick<RevealParts, 'view' | 'find'> | undefined
  const commands = fileCommands({
    flow,
    ui,
    ask,
    hosts,
    names,
    changes,
    reveal: async (file) => {
      if (shown !== undefined) await revealPath({ hosts, folders, ...shown }, file)
    },
    addToWorkspace: (file) => addToWorkspace(names, file),
  })
  const onContainer = (container: ContainerRef, change: 'added' | 'changed' | 'removed') => {
    if (change !== 'removed') return changes.refresh(container)
    changes.forget(container)
    folders.forget(placeOfContainer(names, container))
  }
  const onFold = (element: unknown) => {
    const row = fileRowOf(element)
    const place = placeOfRow(names, element)
    if (row !== undefined) folders.fold(row)
    else if (place !== undefined) folders.hide(place)
  }
  const onUnfold = (element: unknown) => {
    const row = fileRowOf(element)
    const place = placeOfRow(names, element)
    if (row !== undefined) folders.unfold(row)
    else if (place !== undefined) folders.show(place)
  }
  const onWritten = ({ place }: FileRef) => {
    const host = hosts.find(place.hostId)
    if (host !== undefined && place.kind === 'container') changes.refresh({ host, containerId: place.id })
  }
  const views: vscode.TreeView<unknown>[] = []
  const follow = (view: vscode.TreeView<unknown>) => {
    views.push(view)
    const look = () => {
      folders.isSeen = views.some(({ visible }) => visible)
    }
    look()
    context.subscriptions.push(
      view.onDidCollapseElement(({ element }) => onFold(element)),
      view.onDidExpandElement(({ element }) => onUnfold(element)),
      view.onDidChangeVisibility(look),
    )
  }
  context.subscriptions.push(
    watches,
    system,
    folders,
    changes,
    registerFileSystem({ files: system, names, onTooLarge: (file) => void door.guard('download', () => offerDownload(flow, file)) }),
    registerDecorations(),
    listenToHosts(hosts, {
      hosts: () => {},
      state: () => {},
      model: (host, change) => {
        if (change.kind === 'container') onContainer({ host, containerId: change.id }, change.change)
      },
    }),
    system.onDidChange((list) => {
      for (const { ref, isUnsure } of list) if (isUnsure !== true) onWritten(ref)
    }),
    ...COMMANDS.flatMap((id) => (commands[id] === undefined ? [] : [door.register(id, commands[id])])),
  )
  return {
    ...fileSources({ names, folders, changes }),
    dragAndDrop: () => fileDrags({ flow, door, names }),
    uriOf: (container, path) => uriOf(names, { place: placeOfContainer(names, container), path: normalPath(path) }),
    shownIn: ({ view, find }) => {
      shown = { view, find }
      follow(view)
    },
    volumesIn: follow,
  }
}

/** The place that a row of a view has its files from. */
function placeOfRow(names: PlaceNames, element: unknown): Place | undefined {
  const container = containerRefOf(element)
  if (container !== undefined) return placeOfContainer(names, container)
  const volume = volumeRefOf(element)
  return volume === undefined ? undefined : placeOfVolume(names, volume)
}

function openFiles(): readonly FileRef[] {
  return vscode.workspace.textDocuments.flatMap(({ uri }) => fileRefOf(uri) ?? [])
}

async function offerDownload(flow: FlowParts, file: FileRef): Promise<void> {
  const text = l10n.t('“{0}” is too large to open.', shownName(posix.basename(file.path), 120))
  if (await flow.ui.offer(text, l10n.t('Save to This Machine…'))) await download(flow, [file])
}

function addToWorkspace(names: PlaceNames, file: FileRef): void {
  const name = file.path === '/' ? file.place.name : `${posix.basename(file.path)} (${file.place.name})`
  const count = vscode.workspace.workspaceFolders?.length ?? 0
  vscode.workspace.updateWorkspaceFolders(count, 0, { uri: uriOf(names, file), name: shownName(name, 100) })
}
