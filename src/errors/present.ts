import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import { wordsOf } from './words.ts'

/** Shows an error with the button that helps, and one that leads to the log. */
export async function presentError(error: unknown): Promise<void> {
  const { sentence, action } = wordsOf(error)
  const showLog = l10n.t('Show Log')
  const buttons = action === undefined ? [showLog] : [action.label, showLog]
  const pressed = await vscode.window.showErrorMessage(sentence, ...buttons)
  if (pressed === showLog) await vscode.commands.executeCommand('pocker.showLog')
  else if (action !== undefined && pressed === action.label) await vscode.commands.executeCommand(action.command)
}
