/** Letters and colours for what a container or a layer has changed. */
import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { SCHEME } from './place-uri.ts'
import { kindText } from './rows/change-rows.ts'

/** Registers them, for URIs that say in their query what has happened (`uriTextOf`). */
export function registerDecorations(): vscode.Disposable {
  return vscode.window.registerFileDecorationProvider({
    provideFileDecoration: (uri) => (uri.scheme === SCHEME ? decoration(uri.query) : undefined),
  })
}

function decoration(change: string): vscode.FileDecoration | undefined {
  const color = (name: string) => new vscode.ThemeColor(`gitDecoration.${name}ResourceForeground`)
  switch (change) {
    case 'added':
      return new vscode.FileDecoration(l10n.t('A'), kindText(change), color('added'))
    case 'modified':
      return new vscode.FileDecoration(l10n.t('M'), kindText(change), color('modified'))
    case 'deleted':
      return new vscode.FileDecoration(l10n.t('D'), l10n.t('deleted'), color('deleted'))
    default:
      return undefined
  }
}
