/** VS Code in the words of who uses it; each wait is for a condition and has a deadline. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import * as menus from './menus.ts'
import * as quick from './quick-input.ts'
import { untilTrue } from './until.ts'
import * as views from './views.ts'
import * as work from './work-area.ts'

const screenshots = join(import.meta.dirname, '../../../dist/screenshots')

export type Vscode = ReturnType<typeof vscodeOf>

/** The page object of a window. `view` is a view's title in the side bar that is open, `label` a row's. */
export function vscodeOf(page: Page) {
  return {
    /** For what has no words here yet. */
    page,

    openSideBar: (name: string) => views.openActivity(page, name),
    badge: (name: string) => views.badgeOf(page, name),
    welcome: (view: string) => views.welcomeOf(page, view),
    untilWelcome: (view: string, text: string | RegExp) => views.untilWelcome(page, view, text),
    pressWelcome: (view: string, button: string) => views.pressWelcome(page, view, button),
    pressTitleButton: (view: string, button: string) => views.pressTitleButton(page, view, button),
    rows: (view: string) => views.rowsOf(page, view),
    untilRows: (view: string, wanted: readonly string[], tell?: (row: views.Row) => string) => views.untilRows(page, view, wanted, tell),
    untilRow: (view: string, label: string, check?: (row: views.Row) => boolean) => views.untilRow(page, view, label, check),
    expand: (view: string, label: string) => views.setExpanded(page, view, label, { expanded: true }),
    collapse: (view: string, label: string) => views.setExpanded(page, view, label, { expanded: false }),
    click: async (view: string, label: string) => await (await views.rowOf(page, view, label)).click(),
    doubleClick: async (view: string, label: string) => await (await views.rowOf(page, view, label)).dblclick(),
    hover: (view: string, label: string) => views.hoverText(page, view, label),
    rowButtons: (view: string, label: string) => views.rowButtons(page, view, label),
    untilRowButtons: (view: string, label: string, wanted: readonly string[]) => views.untilRowButtons(page, view, label, wanted),
    pressRowButton: (view: string, label: string, button: string) => views.pressRowButton(page, view, label, button),
    menu: async (view: string, label: string) => await menus.openMenu(page, await views.rowOf(page, view, label)),
    chooseFromMenu: (item: string) => menus.chooseFromMenu(page, item),
    closeMenu: () => menus.closeMenu(page),
    press: (key: string) => page.keyboard.press(key),

    runCommand: (title: string) => quick.runCommand(page, title),
    quickInput: () => quick.quickInput(page),
    untilQuickInput: (what: string, check: (input: quick.QuickInput) => boolean) => quick.untilQuickInput(page, what, check),
    untilQuickInputClosed: () => quick.untilQuickInputClosed(page),
    choose: (label: string) => quick.choose(page, label),
    pressQuickRow: (label: string) => quick.press(page, label),
    pressQuickRowButton: (label: string, button: string) => quick.pressQuickRowButton(page, label, button),
    fill: (text: string) => quick.fillQuickInput(page, text),
    answer: (text: string) => quick.answerQuickInput(page, text),
    goBack: () => quick.goBack(page),
    leaveQuickInput: () => quick.leaveQuickInput(page),
    chooseFolder: (title: string, path: string) => quick.chooseFolder(page, title, path),

    notifications: () => menus.notifications(page),
    untilNotification: (text: string | RegExp) => menus.untilNotification(page, text),
    pressNotification: (text: string, button: string) => menus.pressNotification(page, text, button),
    dialog: () => menus.untilDialog(page),
    answerDialog: (button: string) => menus.answerDialog(page, button),

    editorTitles: () => work.editorTitles(page),
    editorText: () => work.editorText(page),
    untilEditorText: (text: string | RegExp) => work.untilEditorText(page, text),
    typeInEditor: (text: string) => work.typeInEditor(page, text),
    untilWebview: (text: string | RegExp) => work.untilWebview(page, text),
    untilWebviewText: (text: string | RegExp) => work.untilWebviewText(page, text),
    terminalNames: () => work.terminalNames(page),
    terminalText: () => work.terminalText(page),
    untilTerminalText: (text: string | RegExp) => work.untilTerminalText(page, text),
    typeInTerminal: (text: string) => work.typeInTerminal(page, text),
    statusBar: () => work.statusBarTexts(page),
    untilStatusBar: (text: string | RegExp) => work.untilStatusBar(page, text),
    clickStatusBar: (text: string) => work.clickStatusBar(page, text),

    /** Waits for what has no words here. */
    untilTrue,
    /** Keeps a picture in dist/screenshots, says where, and returns its path. */
    screenshot: async (name: string): Promise<string> => {
      mkdirSync(screenshots, { recursive: true })
      const path = join(screenshots, `${name.replace(/[^\w.-]+/g, '-').slice(0, 100)}.png`)
      await page.screenshot({ path })
      console.log(`screenshot: ${path}`)
      return path
    },
  }
}
