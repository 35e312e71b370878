/** Which files a command is for: rows of the views, editors, a container as a whole, or what the user chooses. */
import * as l10n from '@vscode/l10n'
import { type ChooseParts, chooseContainers } from '../../commands/choose.ts'
import { containerRefOf, refsOf, volumeRefOf } from '../../commands/refs.ts'
import type { FileRef } from '../place.ts'
import { filesOf, isPocker } from '../place-access.ts'
import { fileRefOf, type PlaceNames } from '../place-uri.ts'
import type { ChangeRow, ChangesRow } from '../rows/change-rows.ts'
import type { FileRow } from '../rows/file-row.ts'
import { placeOfContainer, placeOfVolume } from '../rows/sources.ts'
import type { FilesUi } from './files-ui.ts'
import { pathCompletion } from './type-path.ts'

/** The row of a file that an item is. */
export function fileRowOf(item: unknown): FileRow | undefined {
  return isObject(item) && isFileRow(item) ? item : undefined
}

function isFileRow(item: object): item is FileRow {
  return 'look' in item && 'file' in item && 'kind' in item
}

/** The change that an item is the row of. */
export function changeRowOf(item: unknown): ChangeRow | undefined {
  return isObject(item) && isChange(item) ? item : undefined
}

function isChange(item: object): item is ChangeRow {
  return 'look' in item && 'change' in item && 'container' in item
}

/** The row of all changes of a container that an item is. */
export function changesRowOf(item: unknown): ChangesRow | undefined {
  return isObject(item) && isChanges(item) ? item : undefined
}

function isChanges(item: object): item is ChangesRow {
  return 'look' in item && 'changesOf' in item
}

/** The file that an item stands for: a row's, an editor's. */
export function fileOf(item: unknown): FileRef | undefined {
  const change = changeRowOf(item)
  if (change !== undefined) return change.change.file
  const row = fileRowOf(item)
  if (row !== undefined) return row.file
  return isObject(item) && 'scheme' in item && 'authority' in item && 'path' in item ? fileOfUri(item) : undefined
}

function fileOfUri({ scheme, authority, path }: { scheme: unknown; authority: unknown; path: unknown }): FileRef | undefined {
  const isUri = typeof scheme === 'string' && typeof authority === 'string' && typeof path === 'string'
  return isUri ? fileRefOf({ scheme, authority, path }) : undefined
}

/** All files that a menu was opened on. */
export function filesOfItems(item: unknown, selected: unknown): readonly FileRef[] {
  return refsOf(item, selected, fileOf)
}

export interface TargetParts extends ChooseParts {
  readonly ui: FilesUi
  readonly names: PlaceNames
}

/** The folder that something is to be put into: a folder's row, or that of a file, or all of a container. Asks for what is not given. */
export async function folderTarget(parts: TargetParts, item: unknown, title: string): Promise<FileRef | undefined> {
  const row = fileRowOf(item)
  if (row !== undefined) return row.kind === 'folder' ? row.file : { place: row.file.place, path: parentOf(row.file.path) }
  const container = containerRefOf(item)
  if (container !== undefined) return { place: placeOfContainer(parts.names, container), path: '/' }
  const volume = volumeRefOf(item)
  if (volume !== undefined) return { place: placeOfVolume(parts.names, volume), path: '/' }
  return await typedFile(parts, item, { title, needs: 'pocker' })
}

/** A path of a container, typed. Other engines than Pocker can show a single file (`any`), and complete nothing. */
export async function typedFile(
  parts: TargetParts,
  item: unknown,
  { title, needs }: { readonly title: string; readonly needs: 'any' | 'pocker' },
): Promise<FileRef | undefined> {
  const { refs } = await chooseContainers(parts, item, undefined, {
    title,
    eligible: (_row, host) => needs === 'any' || isPocker(host),
  })
  const [container] = refs
  if (container === undefined) return undefined
  const place = placeOfContainer(parts.names, container)
  const complete = pathCompletion(await filesOf(parts.hosts, place))
  const path = await parts.ui.typePath({ title, placeholder: l10n.t('A path in {0}, such as /etc', place.name), value: '/', complete })
  return path === undefined ? undefined : { place, path }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

function isObject(item: unknown): item is object {
  return typeof item === 'object' && item !== null
}
