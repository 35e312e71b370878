import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'
import type { AskPassword } from './strategy.ts'

/** Asks in the editor's own input. What is typed is shown as dots, stored nowhere, and given to nobody but the caller. */
export const askPassword: AskPassword = async ({ prompt, attempt }) =>
  vscode.window.showInputBox({
    title: attempt > 1 ? l10n.t('Administrator Rights for Pocker: Try Again') : l10n.t('Administrator Rights for Pocker'),
    prompt,
    password: true,
    ignoreFocusOut: true,
  })
