import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { InWords } from '../errors/in-words.ts'
import type { AskFiles } from './files.ts'

const ARCHIVES = () => ({ [l10n.t('Archives')]: ['tar', 'gz', 'tgz', 'xz', 'zst', 'bz2'], [l10n.t('All files')]: ['*'] })

/** File dialogs. Errors: InWords `not-a-local-file`. */
export function vscodeFiles(): AskFiles {
  return {
    save: async ({ title, name }) => {
      // Named by an engine: no slash of it leads into a folder.
      const defaultUri = vscode.Uri.joinPath(startFolder(), name.replaceAll('/', '_'))
      const uri = await vscode.window.showSaveDialog({ title, defaultUri, filters: { [l10n.t('Archives')]: ['tar'] } })
      return uri === undefined ? undefined : localPath(uri)
    },
    open: async ({ title, button, many }) => {
      const uris = await vscode.window.showOpenDialog({
        title,
        openLabel: button,
        canSelectMany: many,
        defaultUri: startFolder(),
        filters: ARCHIVES(),
      })
      return (uris ?? []).map(localPath)
    },
  }
}

function startFolder(): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? []
  return folder?.uri.scheme === 'file' ? folder.uri : vscode.Uri.file(process.env.HOME ?? '/')
}

function localPath(uri: vscode.Uri): string {
  if (uri.scheme === 'file') return uri.fsPath
  throw new InWords('not-a-local-file', l10n.t('This file is not on the machine that Pocker runs on. Choose one that is.'))
}
