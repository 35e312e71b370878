/** Open files whose container or host comes and goes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONF, makeShop } from './support/shop.ts'
import { useHelper } from './support/use-helper.ts'

const VIEW = 'Containers'

const { skip, inEditor, docker, helper } = useHelper({ prepare: makeShop })

test(
  'an open file goes on over the stop and the start of its container, and can be saved while it is stopped',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    for (const label of ['web', 'Files', 'app', 'conf.d']) await vscode.expand(VIEW, label)
    await vscode.click(VIEW, 'nginx.conf')
    await vscode.untilEditorText('worker_processes 4;')
    await docker('stop', '-t', '0', 'web')
    await vscode.typeInEditor('# while stopped\n')
    await vscode.press('Control+s')
    await vscode.untilTrue('the file to be saved', async () => (await vscode.page.locator('.tab.dirty').count()) === 0)
    await docker('start', 'web')
    assert.match(await docker('exec', 'web', 'cat', CONF), /# while stopped/)
    assert.equal(await docker('exec', 'web', 'stat', '-c', '%a %u:%g', CONF), '640 1000:1000')
    await docker('exec', 'web', 'sh', '-c', `echo "# started again" >> ${CONF}`)
    await vscode.untilEditorText('# started again')
    await docker('exec', 'web', 'touch', '/app/conf.d/after.txt')
    await vscode.untilRow(VIEW, 'after.txt')
  }),
)

test(
  'an open file is there again when the window is loaded anew',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    // What the tree was asked for in the moment that the window went.
    troubles.expect(/Unable to refresh tree view pocker\.containers: Canceled/)
    // Asked by its own command VS Code keeps what is open before it goes.
    await troubles.whileLeaving(async () => {
      const again = vscode.page.waitForEvent('domcontentloaded')
      await vscode.runCommand('Developer: Reload Window')
      await again
    })
    await vscode.untilEditorText('# started again')
    await docker('exec', 'web', 'sh', '-c', `echo "# loaded anew" >> ${CONF}`)
    await vscode.untilEditorText('# loaded anew')
  }),
)

test(
  'an engine that is lost is said in words, the text stays, and all goes on when it is back',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    troubles.expect(/Failed to save|handleSaveError|Unable to write file/)
    await helper().end()
    await vscode.typeInEditor('# while lost\n')
    await vscode.press('Control+s')
    await vscode.untilNotification(/the engine is not running/)
    assert.match(await vscode.editorText(), /# while lost/)
    await helper().restart()
    await vscode.untilTrue('the file to be saved', async () => {
      await vscode.press('Control+s')
      return (await docker('exec', 'web', 'cat', CONF)).includes('# while lost')
    })
    await docker('exec', 'web', 'sh', '-c', `echo "# back" >> ${CONF}`)
    await vscode.untilEditorText('# back')
  }),
)

test(
  'a container that is removed leaves the text that was open, and saving it says why it cannot be',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    troubles.expect(/Failed to save|handleSaveError|Unable to write file/)
    await vscode.runCommand('Notifications: Clear All Notifications')
    await docker('rm', '-f', 'web')
    await vscode.untilTrue(
      'the tab to say so',
      async () => (await vscode.page.locator('.tab .label-name.strikethrough, .tab .strikethrough, .tab .deleted').count()) > 0,
    )
    await vscode.typeInEditor('# kept\n')
    await vscode.press('Control+s')
    await vscode.untilNotification(/container is not there any more/)
    assert.match(await vscode.editorText(), /# kept/)
  }),
)
