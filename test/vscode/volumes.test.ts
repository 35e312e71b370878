/** The view "Volumes": what its rows say, how volumes come and go, and their files. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeShop } from './support/shop.ts'
import { useHelper } from './support/use-helper.ts'
import type { Vscode } from './support/vscode.ts'

const VIEW = 'Volumes'

const { skip, inEditor, docker, helper } = useHelper({ prepare: makeShop })

const dataOf = (name: string): string => join(helper().dataRoot, 'volumes', name, '_data')

async function untilGone(vscode: Vscode, label: string): Promise<void> {
  await vscode.untilTrue(`no row ${label}`, async () => (await vscode.rows(VIEW)).every((row) => row.label !== label))
}

test(
  'a volume is created, and says who uses it as containers come and go',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await vscode.untilWelcome(VIEW, /There are no volumes here/)
    await vscode.screenshot('volumes-empty')
    await vscode.runCommand('Pocker: Create Volume…')
    await vscode.untilQuickInput('the places', ({ rows }) => rows.length === 4)
    await vscode.screenshot('volumes-create')
    await vscode.choose('In Pocker’s own folder')
    await vscode.fill('a b')
    await vscode.untilQuickInput('what is wrong', ({ message }) => message.includes('letters, digits'))
    await vscode.answer('data')
    await vscode.untilRow(VIEW, 'data', ({ description }) => description.includes('unused'))
    await docker('create', '--name', 'keeper', '-v', 'data:/data', 'shop/web:1', 'true')
    await vscode.untilRow(VIEW, 'data', ({ description }) => description.includes('in use by keeper'))
    await vscode.screenshot('volumes-used')
    assert.deepEqual(await vscode.rowButtons(VIEW, 'data'), [])
    await docker('rm', 'keeper')
    await vscode.untilRow(VIEW, 'data', ({ description }) => description.includes('unused'))
  }),
)

test(
  'files of a volume that nothing has mounted are opened, saved and made',
  { skip },
  inEditor(async ({ vscode }) => {
    mkdirSync(join(dataOf('data'), 'conf'))
    writeFileSync(join(dataOf('data'), 'conf/app.conf'), 'workers 1\n')
    for (const label of ['data', 'conf']) await vscode.expand(VIEW, label)
    await vscode.screenshot('volumes-files')
    await vscode.click(VIEW, 'app.conf')
    await vscode.untilEditorText('workers 1')
    await vscode.typeInEditor('# mine\n')
    await vscode.press('Control+s')
    await vscode.untilTrue('the file to be saved', async () =>
      readFileSync(join(dataOf('data'), 'conf/app.conf'), 'utf8').includes('# mine'),
    )
    writeFileSync(join(dataOf('data'), 'conf/other.conf'), '')
    await vscode.untilRow(VIEW, 'other.conf')
    await vscode.screenshot('volumes-saved')
  }),
)

test(
  'a volume is inspected, and removed after a question; one in use is not',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    await docker('volume', 'create', 'old')
    await vscode.untilRow(VIEW, 'old')
    await vscode.click(VIEW, 'old')
    await vscode.menu(VIEW, 'old')
    await vscode.screenshot('volumes-menu')
    await vscode.chooseFromMenu('Inspect Volume')
    await vscode.untilWebviewText('No container has it.')
    await vscode.screenshot('volumes-page')
    await vscode.pressRowButton(VIEW, 'old', 'Remove Volume…')
    const { message: text } = await vscode.dialog()
    assert.match(text, /Delete the volume “old”\?/)
    await vscode.screenshot('volumes-remove')
    await vscode.answerDialog('Delete 1 volume')
    await untilGone(vscode, 'old')
    assert.ok(!existsSync(dataOf('old')))
    await docker('create', '--name', 'keeper', '-v', 'data:/data', 'shop/web:1', 'true')
    await vscode.untilRow(VIEW, 'data', ({ description }) => description.includes('in use by keeper'))
    troubles.expect(/in use by keeper/)
    await vscode.menu(VIEW, 'data')
    await vscode.chooseFromMenu('Remove Volume…')
    await vscode.untilNotification(/“data” is in use by keeper/)
    await vscode.screenshot('volumes-in-use')
  }),
)

test(
  'a prune shows what would go, and nothing is ticked',
  { skip },
  inEditor(async ({ vscode }) => {
    await docker('volume', 'create', 'idle')
    await vscode.untilRow(VIEW, 'idle')
    await vscode.runCommand('Pocker: Remove Unused Volumes…')
    await vscode.untilQuickInput('the preview', ({ rows }) => rows.some(({ label }) => label === 'idle'))
    await vscode.screenshot('volumes-prune')
    await vscode.choose('idle')
    await vscode.leaveQuickInput()
    assert.ok(existsSync(dataOf('idle')))
  }),
)
