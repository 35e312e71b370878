/** The flow's questions in VS Code. */
import * as vscode from 'vscode'
import { plainText } from '../text/plain-text.ts'
import type { ActivePulls } from './active-pulls.ts'
import type { InputQuestion, PickAnswer, PickHeading, PickQuestion, PickRow, PullView, RowButton, RunUi } from './run-ui.ts'

export interface VscodeUiParts {
  readonly pulls: ActivePulls
  /** The view under whose title progress is shown. */
  readonly progressView: string
  readonly show: RunUi['show']
}

/** Quick picks, input boxes and progress of VS Code. */
export function vscodeUi({ pulls, progressView, show }: VscodeUiParts): RunUi {
  return {
    pick,
    input,
    confirm: async ({ text, detail, button }) => (await vscode.window.showWarningMessage(text, { modal: true, detail }, button)) === button,
    offer: async (text, button) => (await vscode.window.showInformationMessage(text, button)) === button,
    copy: async (text) => await vscode.env.clipboard.writeText(text),
    show,
    progress: (title, work) => showProgress({ title, pulls, progressView }, work),
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
  picker.activeItems = items.filter(({ id, kind }) => kind !== vscode.QuickPickItemKind.Separator && id === question.active)
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

interface ProgressParts {
  readonly title: string
  readonly pulls: ActivePulls
  readonly progressView: string
}

// The bar under the view's title has no words and no button: the status bar has both, and the view's rows where they show pulls.
async function showProgress<T>({ title, pulls, progressView }: ProgressParts, work: (view: PullView) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const active = pulls.begin(title, () => stop.abort())
  const status = vscode.window.createStatusBarItem('pocker.pull', vscode.StatusBarAlignment.Left)
  status.name = 'Pocker: Pull'
  status.command = 'pocker.images.cancelPull'
  status.tooltip = 'Cancel'
  status.text = `$(sync~spin) ${plainText(title)}`
  status.show()
  const view: PullView = {
    signal: stop.signal,
    report: (text, percent) => {
      status.text = `$(sync~spin) ${plainText(title)} ${text}`
      active.report(text, percent)
    },
  }
  try {
    return await vscode.window.withProgress({ location: { viewId: progressView } }, () => work(view))
  } finally {
    active.end()
    status.dispose()
  }
}
