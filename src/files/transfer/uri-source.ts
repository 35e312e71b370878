/** Files of any file system that the editor knows as something to be copied. */
import { posix } from 'node:path'
import { Readable } from 'node:stream'
import * as vscode from 'vscode'
import type { SourceEntry } from './source.ts'

/** Errors: those of `vscode.workspace.fs`. */
export async function uriSource(uri: vscode.Uri): Promise<SourceEntry> {
  const { type, size, mtime } = await vscode.workspace.fs.stat(uri)
  return entryOf(uri, { type, size, modified: mtime })
}

interface Facts {
  readonly type: vscode.FileType
  readonly size: number
  readonly modified?: number
}

function entryOf(uri: vscode.Uri, { type, size, modified }: Facts): SourceEntry {
  const isLink = (type & vscode.FileType.SymbolicLink) !== 0
  const isFolder = (type & vscode.FileType.Directory) !== 0
  return {
    name: posix.basename(uri.path),
    // A link to a folder may lead back to where it lies.
    kind: isFolder ? (isLink ? 'link' : 'folder') : (type & vscode.FileType.File) !== 0 ? 'file' : 'other',
    size,
    ...(modified === undefined ? {} : { modified }),
    entries: async () => {
      const entries = await vscode.workspace.fs.readDirectory(uri)
      return {
        entries: await Promise.all(
          entries.map(async ([name, kind]) => {
            const inner = vscode.Uri.joinPath(uri, name)
            return kind === vscode.FileType.File ? await uriSource(inner) : entryOf(inner, { type: kind, size: 0 })
          }),
        ),
        isCut: false,
      }
    },
    content: async () => {
      const bytes = await vscode.workspace.fs.readFile(uri)
      return Readable.from(bytes.length === 0 ? [] : [Buffer.from(bytes)])
    },
  }
}
