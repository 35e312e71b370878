/** What there is of files on Docker's own daemon. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { BUSYBOX_IMAGE } from '../../scripts/bench/dockerd.ts'
import { useDocker } from './support/use-docker.ts'
import { rowOf } from './support/views.ts'

const VIEW = 'Containers'

const { skip, inEditor } = useDocker(async (docker) => {
  await docker('run', '-d', '--network', 'none', '--name', 'web', BUSYBOX_IMAGE, 'sleep', '1000')
  await docker('exec', 'web', 'sh', '-c', 'echo changed >> /etc/passwd; echo hi > /added.txt')
})

test(
  'its containers’ files are not listed, which is said; what has changed is, and is opened',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await vscode.expand(VIEW, 'web')
    const files = await vscode.untilRow(VIEW, 'Files')
    assert.deepEqual([files.isExpanded, files.description], [undefined, 'only on Pocker hosts'])
    assert.match(await vscode.hover(VIEW, 'Files'), /^Docker cannot list files without running a program/)
    // Unfolded it says how many there are: its name is another one then.
    await (await rowOf(vscode.page, VIEW, 'Changes')).locator('.monaco-tl-twistie').click()
    await vscode.untilRow(VIEW, 'Changes (2)', ({ isExpanded }) => isExpanded === true)
    await vscode.click(VIEW, 'added.txt')
    await vscode.untilEditorText('hi')
    await vscode.expand(VIEW, 'etc')
    await vscode.click(VIEW, 'passwd')
    await vscode.untilEditorText('changed')
  }),
)

test(
  'a changed file is downloaded',
  { skip },
  inEditor(async ({ vscode, workspace }) => {
    mkdirSync(join(workspace, 'here'))
    await vscode.menu(VIEW, 'added.txt')
    await vscode.chooseFromMenu('Download…')
    await vscode.chooseFolder('Download web: /added.txt', join(workspace, 'here'))
    await vscode.untilNotification(/One file was saved in/)
    assert.equal(readFileSync(join(workspace, 'here/added.txt'), 'utf8'), 'hi\n')
  }),
)
