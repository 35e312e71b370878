/** A container's folder as a folder of the workspace. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { CONF, makeShop } from './support/shop.ts'
import { useHelper } from './support/use-helper.ts'

const VIEW = 'Containers'

const { skip, inEditor, docker } = useHelper({ prepare: makeShop, files: { 'w.code-workspace': '{ "folders": [{ "path": "." }] }' } })

test(
  'a folder is added after a question, and the explorer shows it, opens its files and sees what changes',
  { skip },
  inEditor(async ({ vscode, workspace, troubles }) => {
    const { page } = vscode
    // A window with one folder would be loaded anew to become one with several, which VS Code in a browser forgets.
    const url = new URL(page.url())
    url.search = `?workspace=${join(workspace, 'w.code-workspace')}`
    await troubles.whileLeaving(() => page.goto(url.href, { waitUntil: 'commit' }))
    await page.locator('.monaco-workbench .activitybar').waitFor()
    troubles.expect(/Canceled/)
    await vscode.openSideBar('Pocker')
    for (const label of ['web', 'Files']) await vscode.expand(VIEW, label)
    await vscode.menu(VIEW, 'app')
    await vscode.chooseFromMenu('Add Folder to Workspace…')
    assert.match((await vscode.dialog()).detail, /take effect then as if they were yours/)
    await vscode.answerDialog('Add to Workspace')
    await vscode.openSideBar('Explorer')
    const rows = page.locator('.explorer-folders-view .monaco-list-row')
    await rows.filter({ hasText: 'app (web)' }).waitFor()
    await rows.filter({ hasText: 'nginx.conf' }).click()
    await vscode.untilEditorText('worker_processes 4;')
    await docker('exec', 'web', 'sh', '-c', `touch /app/conf.d/inside.txt; echo "# from inside" >> ${CONF}`)
    await rows.filter({ hasText: 'inside.txt' }).waitFor()
    await vscode.untilEditorText('# from inside')
  }),
)
