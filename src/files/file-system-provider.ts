/** The files of places in the editor: the scheme `pocker:`. */
import * as vscode from 'vscode'
import { sentenceOf } from '../errors/words.ts'
import { type FileErrorKind, fileErrorKind } from './file-errors.ts'
import type { FileSystem, RefChange } from './file-system.ts'
import type { FileRef } from './place.ts'
import { fileRefOf, type PlaceNames, SCHEME, uriTextOf } from './place-uri.ts'

export interface FileSystemProviderParts {
  readonly files: FileSystem
  readonly names: PlaceNames
  /** A file was refused because of its size. */
  readonly onTooLarge: (ref: FileRef) => void
}

/** Registers it. Opening a file runs nothing, and folders of this scheme are no more trusted than what the user adds to the workspace. */
export function registerFileSystem({ files, names, onTooLarge }: FileSystemProviderParts): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>()
  const refOf = (uri: vscode.Uri): FileRef => {
    const ref = fileRefOf(uri)
    if (ref === undefined) throw vscode.FileSystemError.FileNotFound(uri)
    names.adopt(ref.place)
    return ref
  }
  const listening = files.onDidChange((changes) => changed.fire(changes.map((change) => toEvent(change, names))))
  const provider: vscode.FileSystemProvider = {
    onDidChangeFile: changed.event,
    watch: (uri, { recursive, excludes }) => {
      const ref = fileRefOf(uri)
      return ref === undefined ? new vscode.Disposable(() => {}) : files.watch(ref, { recursive, excludes })
    },
    stat: (uri) =>
      inWords(async () => {
        const { type, size, modified, changed: ctime, isReadOnly } = await files.stat(refOf(uri))
        return { type, size, mtime: modified, ctime, ...(isReadOnly ? { permissions: vscode.FilePermission.Readonly } : {}) }
      }),
    readDirectory: (uri) => inWords(() => files.list(refOf(uri))),
    readFile: (uri) =>
      inWords(async () => {
        const ref = refOf(uri)
        try {
          return await files.read(ref)
        } catch (error) {
          if (isTooLarge(error)) onTooLarge(ref)
          throw error
        }
      }),
    writeFile: (uri, content, options) => inWords(() => files.write(refOf(uri), content, options)),
    createDirectory: (uri) => inWords(() => files.makeFolder(refOf(uri))),
    delete: (uri, options) => inWords(() => files.remove(refOf(uri), options)),
    rename: (from, to, options) => inWords(() => files.rename(refOf(from), refOf(to), options)),
    copy: (from, to, options) => inWords(() => files.copy(refOf(from), refOf(to), options)),
  }
  return vscode.Disposable.from(
    changed,
    listening,
    vscode.workspace.registerFileSystemProvider(SCHEME, provider, { isCaseSensitive: true }),
  )
}

/** The editor's URI of a file. */
export function uriOf(names: PlaceNames, { place, path }: FileRef): vscode.Uri {
  return vscode.Uri.parse(uriTextOf({ place: names.adopt(place), path }), true)
}

function toEvent({ kind, ref }: RefChange, names: PlaceNames): vscode.FileChangeEvent {
  const types = { created: vscode.FileChangeType.Created, changed: vscode.FileChangeType.Changed, deleted: vscode.FileChangeType.Deleted }
  return { type: types[kind], uri: uriOf(names, ref) }
}

const MAKE: Readonly<Record<FileErrorKind, (message: string) => vscode.FileSystemError>> = {
  FileNotFound: vscode.FileSystemError.FileNotFound,
  FileExists: vscode.FileSystemError.FileExists,
  FileNotADirectory: vscode.FileSystemError.FileNotADirectory,
  FileIsADirectory: vscode.FileSystemError.FileIsADirectory,
  NoPermissions: vscode.FileSystemError.NoPermissions,
  Unavailable: vscode.FileSystemError.Unavailable,
}

async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof vscode.FileSystemError) throw error
    throw MAKE[fileErrorKind(error)](sentenceOf(error))
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'too-large-to-open'
}
