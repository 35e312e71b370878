/** Questions in VS Code. */
import * as vscode from 'vscode'
import type { Ask, InputQuestion, PickAnswer, PickHeading, PickQuestion, PickRow, RowButton } from './ask.ts'

/** Quick picks, input boxes and messages. */
export function vscodeAsk(): Ask {
  return {
    pick,
    pickMany,
    input,
    confirm: async ({ text, detail, button }) => (await vscode.window.showWarningMessage(text, { modal: true, detail }, button)) === button,
    offer: async (text, button) => (await vscode.window.showInformationMessage(text, button)) === button,
    tell: (text) => void vscode.window.showInformationMessage(text),
    copy: async (text) => await vscode.env.clipboard.writeText(text),
  }
}

interface Item extends vscode.QuickPickItem {
  readonly id: string
  readonly rowButtons: readonly (RowButton & vscode.QuickInputButton)[]
}

async function pick(question: PickQuestion): Promise<PickAnswer> {
  const picker = vscode.window.createQuickPick<Item>()
  const items = question.rows.map(toItem)
  picker.title = question.title
  picker.placeholder = question.placeholder
  picker.matchOnDescription = true
  // Looking something up elsewhere must not cost what was filled in.
  picker.ignoreFocusOut = true
  picker.items = items
  if (question.canGoBack === true) picker.buttons = [vscode.QuickInputButtons.Back]
  if (question.step !== undefined) {
    picker.step = question.step.at
    picker.totalSteps = question.step.of
  }
  const active = items.find(({ id, kind }) => kind !== vscode.QuickPickItemKind.Separator && id === question.active)
  // To set it to nothing would take the focus from the first row, too: Enter would do nothing.
  if (active !== undefined) picker.activeItems = [active]
  try {
    return await new Promise<PickAnswer>((resolve) => {
      picker.onDidChangeValue((text) => {
        if (question.typed === undefined) return
        const row = question.typed(text)
        picker.items = row === undefined ? items : [...items, { ...toItem(row), alwaysShow: true }]
      })
      picker.onDidAccept(() => {
        const [item] = picker.activeItems
        if (item !== undefined) resolve({ kind: 'picked', id: item.id })
      })
      picker.onDidTriggerItemButton(({ item, button }) => {
        const pressed = item.rowButtons.find((other) => other === button)
        if (pressed !== undefined) resolve({ kind: 'button', id: item.id, button: pressed.id })
      })
      picker.onDidTriggerButton(() => resolve({ kind: 'back' }))
      picker.onDidHide(() => resolve({ kind: 'left' }))
      picker.show()
    })
  } finally {
    picker.dispose()
  }
}

function toItem(row: PickRow | PickHeading): Item {
  if ('heading' in row) return { id: '', rowButtons: [], label: row.heading, kind: vscode.QuickPickItemKind.Separator }
  const rowButtons = (row.buttons ?? []).map((button) => ({ ...button, iconPath: new vscode.ThemeIcon(button.icon) }))
  return {
    id: row.id,
    rowButtons,
    label: row.label,
    ...(row.description === undefined ? {} : { description: row.description }),
    ...(row.detail === undefined ? {} : { detail: row.detail }),
    ...(row.icon === undefined ? {} : { iconPath: new vscode.ThemeIcon(row.icon) }),
    buttons: rowButtons,
  }
}

async function pickMany(question: PickQuestion & { readonly picked?: readonly string[] }): Promise<readonly string[] | undefined> {
  const items = question.rows.map(toItem).map((item) => ({ ...item, picked: question.picked?.includes(item.id) === true }))
  const { title, placeholder } = question
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder: placeholder, canPickMany: true, ignoreFocusOut: true })
  return chosen?.map(({ id }) => id)
}

async function input(question: InputQuestion): Promise<string | undefined> {
  const box = vscode.window.createInputBox()
  box.title = question.title
  box.prompt = question.prompt
  box.value = question.value
  box.placeholder = question.placeholder
  box.password = question.isSecret === true
  box.ignoreFocusOut = true
  box.buttons = [vscode.QuickInputButtons.Back]
  const check = (text: string) => question.check?.(text)
  try {
    return await new Promise<string | undefined>((resolve) => {
      box.onDidChangeValue((text) => {
        box.validationMessage = check(text)
      })
      box.onDidAccept(() => {
        box.validationMessage = check(box.value)
        if (box.validationMessage === undefined) resolve(box.value)
      })
      box.onDidTriggerButton(() => resolve(undefined))
      box.onDidHide(() => resolve(undefined))
      box.show()
    })
  } finally {
    box.dispose()
  }
}
