/** Where the editor enters. */
import * as vscode from 'vscode'
import { registerRun } from './run/register-run.ts'
import { useTranslations } from './text/l10n.ts'

/** Called by the editor when one of our views shows or one of our commands is run. */
export function activate(context: vscode.ExtensionContext): void {
  useTranslations(vscode.l10n.bundle ?? {})
  const view = vscode.window.createTreeView('pocker.containers', { treeDataProvider: { getChildren: () => [], getTreeItem: (row) => row } })
  context.subscriptions.push(view)
  registerRun(context, {
    hosts: () => [],
    registerCommand: (id, handler) => vscode.commands.registerCommand(id, handler),
    words: (error) => (error instanceof Error ? error.message : String(error)),
  })
}
