/** What the other files look at VS Code with, tried on VS Code's own parts. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { useEditor } from './support/use-editor.ts'

const { skip, inEditor } = useEditor({
  files: { 'a.txt': 'first line\nsecond line\n', 'inner/b.txt': 'b\n', 'm.md': '# Title\n', 'n.txt': 'on the disk\n' },
  settings: { 'terminal.integrated.tabs.enabled': true },
})

test(
  'rows: labels, levels, folding, hovers',
  { skip },
  inEditor(async ({ vscode }) => {
    // VS Code opens its side bar by itself: a click in the same moment would close it.
    const folder = await vscode.untilRow('Explorer', 'inner')
    assert.deepEqual([folder.level, folder.isExpanded], [1, false])
    await vscode.expand('Explorer', 'inner')
    const file = await vscode.untilRow('Explorer', 'b.txt')
    assert.deepEqual([file.level, file.isExpanded], [2, undefined])
    await vscode.collapse('Explorer', 'inner')
    await vscode.untilRows('Explorer', ['inner', 'a.txt', 'm.md', 'n.txt'])
    assert.match(await vscode.hover('Explorer', 'a.txt'), /a\.txt$/)
  }),
)

test(
  'editors: titles and text',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.doubleClick('Explorer', 'a.txt')
    assert.equal((await vscode.untilEditorText('second line')).trimEnd(), 'first line\nsecond line')
    assert.deepEqual(await vscode.editorTitles(), ['a.txt'])
    await vscode.untilRow('Explorer', 'a.txt', ({ isSelected }) => isSelected)
  }),
)

test(
  'quick picks: rows, typing, choosing; the status bar',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.untilStatusBar('Plain Text')
    await vscode.clickStatusBar('Plain Text')
    const { placeholder, rows } = await vscode.untilQuickInput('languages', (input) => input.rows.length > 3)
    assert.match(placeholder, /Language Mode/)
    assert.ok(rows.some(({ label }) => label === 'Auto Detect'))
    assert.ok(rows.some(({ heading }) => heading.startsWith('languages')))
    await vscode.fill('markdown')
    await vscode.choose('Markdown')
    await vscode.untilStatusBar('Markdown')
    await vscode.untilQuickInputClosed()
  }),
)

test(
  'input boxes: value, message, answer',
  { skip },
  inEditor(async ({ vscode, workspace }) => {
    await vscode.runCommand('File: Save As...')
    const { title } = await vscode.untilQuickInput('the path', ({ value }) => value.endsWith('/a.txt'))
    assert.equal(title, 'Save As')
    await vscode.answer(join(workspace, 'c.txt'))
    await vscode.untilRow('Explorer', 'c.txt')
    await vscode.untilTrue('the file', async () => readFileSync(join(workspace, 'c.txt'), 'utf8') === 'first line\nsecond line\n')
  }),
)

test(
  'an input box is left by Escape',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.runCommand('Go to Line/Column...')
    await vscode.untilQuickInput('the field', ({ value }) => value.startsWith(':'))
    await vscode.leaveQuickInput()
  }),
)

test(
  'menus and dialogs',
  { skip },
  inEditor(async ({ vscode, workspace }) => {
    const items = await vscode.menu('Explorer', 'c.txt')
    assert.ok(items.includes('Rename...'), items.join())
    await vscode.closeMenu()
    await vscode.menu('Explorer', 'c.txt')
    await vscode.chooseFromMenu('Delete Permanently')
    const dialog = await vscode.dialog()
    assert.match(dialog.message, /permanently delete 'c\.txt'/)
    assert.deepEqual(dialog.buttons.toSorted(), ['Cancel', 'Delete'])
    await vscode.answerDialog('Cancel')
    assert.equal(readFileSync(join(workspace, 'c.txt'), 'utf8'), 'first line\nsecond line\n')
  }),
)

test(
  'terminals: names, typing, text',
  { skip },
  inEditor(async ({ vscode, workspace }) => {
    await vscode.runCommand('Terminal: Create New Terminal')
    await vscode.untilTerminalText('#')
    await vscode.typeInTerminal('echo $((6 * 7)) in $PWD\n')
    await vscode.untilTerminalText(`42 in ${workspace}`)
    await vscode.untilTrue('its name', async () => (await vscode.terminalNames()).join() === 'bash', vscode.terminalNames)
  }),
)

test(
  'notifications: text and buttons',
  { skip },
  inEditor(async ({ vscode, workspace, troubles }) => {
    troubles.expect(/File Modified Since|Failed to save/)
    // A file whose text no other has: what is typed goes into the one that is shown.
    await vscode.doubleClick('Explorer', 'n.txt')
    await vscode.untilEditorText('on the disk')
    await vscode.typeInEditor('x')
    writeFileSync(join(workspace, 'n.txt'), 'changed meanwhile\n')
    await vscode.runCommand('File: Save')
    await vscode.untilNotification("Failed to save 'n.txt'")
    await vscode.screenshot('page-object')
    await vscode.pressNotification('Failed to save', 'Overwrite')
    await vscode.untilRow('Explorer', 'n.txt')
    await vscode.untilTrue('the file to be saved', async () => /x/.test(readFileSync(join(workspace, 'n.txt'), 'utf8')))
  }),
)

test(
  'webviews',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.doubleClick('Explorer', 'm.md')
    await vscode.untilEditorText('# Title')
    await vscode.runCommand('Markdown: Open Preview')
    await vscode.untilWebviewText(/^Title$/m)
  }),
)

test(
  'a window that is loaded anew',
  { skip },
  inEditor(async ({ vscode, reload }) => {
    await reload()
    await vscode.openSideBar('Pocker')
    await vscode.untilWelcome('Containers', /Start Pocker/)
    assert.equal(await vscode.badge('Pocker'), undefined)
  }),
)

test(
  'errors in the console are troubles',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    await vscode.page.evaluate(() => console.error('this is a trouble'))
    assert.match(troubles.take().join(), /this is a trouble/)
  }),
)
