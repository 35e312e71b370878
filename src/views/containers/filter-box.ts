import * as l10n from '@vscode/l10n'
import * as vscode from 'vscode'

/** Asks for the filter's text; rows follow as it is typed. Escape brings back what it was. */
export function askFilter(before: string, apply: (text: string) => void): void {
  const box = vscode.window.createInputBox()
  box.title = l10n.t('Filter Containers')
  box.prompt = l10n.t('Words of a name, image, project, state or port. Empty shows all.')
  box.placeholder = l10n.t('web 8080')
  box.value = before
  let isAccepted = false
  const listening = [
    box.onDidChangeValue(apply),
    box.onDidAccept(() => {
      isAccepted = true
      box.hide()
    }),
    box.onDidHide(() => {
      if (!isAccepted) apply(before)
      vscode.Disposable.from(box, ...listening).dispose()
    }),
  ]
  box.show()
}
