/** Files dragged out of the views, and dropped into them from anywhere. */
import { posix } from 'node:path'
import { Readable } from 'node:stream'
import * as vscode from 'vscode'
import type { Door } from '../commands/door.ts'
import { containerRefOf, volumeRefOf } from '../commands/refs.ts'
import { uriOf } from './file-system-provider.ts'
import type { FlowParts } from './flows/flow-parts.ts'
import { moveOrCopy } from './flows/move.ts'
import { fileOf, fileRowOf } from './flows/targets.ts'
import { upload } from './flows/upload.ts'
import type { FileRef } from './place.ts'
import { fileRefOf, type PlaceNames } from './place-uri.ts'
import { placeOfContainer, placeOfVolume } from './rows/sources.ts'
import { localSource } from './transfer/local-source.ts'
import type { SourceEntry } from './transfer/source.ts'
import { uriSource } from './transfer/uri-source.ts'

const URI_LIST = 'text/uri-list'

export interface FileDragsParts {
  readonly flow: FlowParts
  readonly door: Door
  readonly names: PlaceNames
}

/** For any of the extension's views; rows that are no files are neither dragged nor dropped on, but containers take what is dropped. */
export function fileDrags<Node>({ flow, door, names }: FileDragsParts): vscode.TreeDragAndDropController<Node> {
  return {
    dragMimeTypes: [URI_LIST],
    dropMimeTypes: [URI_LIST, 'files'],
    handleDrag: (nodes, data) => {
      const uris = nodes.flatMap((node) => fileOf(node) ?? []).map((file) => uriOf(names, file).toString())
      if (uris.length > 0) data.set(URI_LIST, new vscode.DataTransferItem(uris.join('\r\n')))
    },
    handleDrop: async (node, data) => {
      const folder = folderOf(names, node)
      if (folder === undefined) return
      // The data can be read only as long as this has not ended.
      await door.guard('drop', async () => {
        const { ours, sources } = await droppedIn(data)
        if (ours.length > 0) await moveOrCopy(flow, ours, folder)
        if (sources.length > 0) await upload(flow, folder, () => Promise.all(sources.map((make) => make())))
      })
    },
  }
}

function folderOf(names: PlaceNames, node: unknown): FileRef | undefined {
  const row = fileRowOf(node)
  if (row !== undefined) return row.kind === 'folder' ? row.file : { place: row.file.place, path: posix.dirname(row.file.path) }
  const container = containerRefOf(node)
  if (container !== undefined) return { place: placeOfContainer(names, container), path: '/' }
  const volume = volumeRefOf(node)
  return volume === undefined ? undefined : { place: placeOfVolume(names, volume), path: '/' }
}

interface Dropped {
  /** Files of places. */
  readonly ours: readonly FileRef[]
  readonly sources: readonly (() => Promise<SourceEntry>)[]
}

async function droppedIn(data: vscode.DataTransfer): Promise<Dropped> {
  const uris = new Map<string, vscode.Uri>()
  const files: vscode.DataTransferFile[] = []
  const text = await data.get(URI_LIST)?.asString()
  for (const line of (text ?? '').split(/\r?\n/)) if (line !== '' && !line.startsWith('#')) addUri(uris, vscode.Uri.parse(line, true))
  for (const [, item] of data) {
    const file = item.asFile()
    if (file?.uri !== undefined) addUri(uris, file.uri)
    else if (file !== undefined) files.push(file)
  }
  const all = [...uris.values()]
  return {
    ours: all.flatMap((uri) => fileRefOf(uri) ?? []),
    sources: [
      ...all.filter((uri) => fileRefOf(uri) === undefined).map((uri) => () => sourceOf(uri)),
      ...files.map((file) => () => dataSource(file)),
    ],
  }
}

function addUri(uris: Map<string, vscode.Uri>, uri: vscode.Uri): void {
  uris.set(uri.toString(), uri)
}

function sourceOf(uri: vscode.Uri): Promise<SourceEntry> {
  return uri.scheme === 'file' ? localSource(uri.fsPath) : uriSource(uri)
}

/** Something from another machine, such as the one a browser runs on: its bytes are all there is of it. */
async function dataSource(file: vscode.DataTransferFile): Promise<SourceEntry> {
  const bytes = await file.data()
  return {
    name: posix.basename(file.name),
    kind: 'file',
    size: bytes.length,
    entries: async () => ({ entries: [], isCut: false }),
    content: async () => Readable.from(bytes.length === 0 ? [] : [Buffer.from(bytes)]),
  }
}
