/** Files of containers and images in the views and in editors. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { dragTo, dropFiles } from './support/drags.ts'
import { CONF, makeShop } from './support/shop.ts'
import { useHelper } from './support/use-helper.ts'
import { type Row, rowOf, section } from './support/views.ts'
import type { Vscode } from './support/vscode.ts'

const VIEW = 'Containers'
const IMAGES = 'Images'

const { skip, inEditor, docker } = useHelper({ prepare: makeShop, files: { 'folder/a.txt': 'a\n', 'folder/inner/b.txt': 'b\n' } })

async function unfold(vscode: Vscode, ...labels: string[]): Promise<void> {
  for (const label of labels) await vscode.expand(VIEW, label)
}

/** Waits until there is no such row, or none that lies so deep. */
async function untilGone(vscode: Vscode, label: string, level?: number): Promise<void> {
  const isIt = (row: Row) => row.label === label && (level === undefined || row.level === level)
  await vscode.untilTrue(
    `no row ${label}`,
    async () => !(await vscode.rows(VIEW)).some(isIt),
    () => vscode.rows(VIEW),
  )
}

/** Waits until a command in the container prints so. */
async function untilPrints(vscode: Vscode, wanted: string, ...command: string[]): Promise<void> {
  const look = () => docker('exec', 'web', ...command).catch(String)
  await vscode.untilTrue(`${command.join(' ')} to print ${wanted}`, async () => (await look()) === wanted, look)
}

async function hoverOfTab({ page, untilTrue }: Vscode): Promise<string> {
  const text = page.locator('.workbench-hover .hover-contents')
  await page.mouse.move(640, 600)
  await untilTrue('the last text to go', async () => (await text.count()) === 0)
  // A tab that is drawn anew under the mouse says nothing before it moves again.
  await untilTrue('the text over the tab', async () => {
    await page.mouse.move(640, 600)
    await page.locator('.tab.active .label-name').hover()
    return await text
      .first()
      .waitFor({ timeout: 2000 })
      .then(
        () => true,
        () => false,
      )
  })
  return (await text.first().innerText()).replaceAll('\u00a0', ' ')
}

test(
  'a running container’s files are shown and opened; what is saved keeps its mode and owner',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await unfold(vscode, 'web', 'Files', 'app', 'conf.d')
    await vscode.click(VIEW, 'nginx.conf')
    await vscode.untilEditorText('worker_processes 4;')
    assert.match(await vscode.hover(VIEW, 'nginx.conf'), /^\/app\/conf\.d\/nginx\.conf\n.* · rw-r----- · 1000:1000\n/)
    assert.equal((await hoverOfTab(vscode)).replace(/ \(.*/, ''), `web: ${CONF}`)
    await vscode.typeInEditor('# from the editor\n')
    await vscode.press('Control+s')
    await vscode.untilTrue('the file to be saved', async () => (await docker('exec', 'web', 'cat', CONF)).includes('# from the editor'))
    assert.equal(await docker('exec', 'web', 'stat', '-c', '%a %u:%g', CONF), '640 1000:1000')
  }),
)

test(
  'what the container does to its files is seen in the tree and in the editor',
  { skip },
  inEditor(async ({ vscode }) => {
    // What was folded meanwhile is seen as well.
    await vscode.collapse(VIEW, 'conf.d')
    await vscode.expand(VIEW, 'conf.d')
    await docker('exec', 'web', 'touch', '/app/conf.d/inside.txt')
    await vscode.untilRow(VIEW, 'inside.txt')
    await docker('exec', 'web', 'sh', '-c', `rm /app/conf.d/inside.txt; echo "# from inside" >> ${CONF}`)
    await untilGone(vscode, 'inside.txt')
    await vscode.untilEditorText('# from inside')
  }),
)

test(
  'files are made, renamed and deleted in the tree, by menu and by key',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.menu(VIEW, 'app')
    await vscode.chooseFromMenu('New Folder…')
    await vscode.answer('made')
    await vscode.untilRow(VIEW, 'made')
    await vscode.menu(VIEW, 'made')
    await vscode.chooseFromMenu('New File…')
    await vscode.answer('new.txt')
    await vscode.untilTrue('the new file’s editor', async () => (await vscode.editorTitles()).includes('new.txt'))
    await unfold(vscode, 'made')
    await vscode.untilRow(VIEW, 'new.txt')
    await vscode.click(VIEW, 'conf.d')
    await vscode.collapse(VIEW, 'conf.d')
    await vscode.press('F2')
    await vscode.answer('conf.e')
    await vscode.untilRow(VIEW, 'conf.e')
    assert.equal(await docker('exec', 'web', 'ls', '/app'), 'conf.e\nmade')
    await vscode.click(VIEW, 'made')
    await vscode.press('Delete')
    assert.equal((await vscode.dialog()).message, 'Delete “made” from web: /app?')
    await vscode.answerDialog('Delete')
    await untilGone(vscode, 'made')
    await docker('exec', 'web', 'mv', '/app/conf.e', '/app/conf.d')
    await vscode.untilRow(VIEW, 'conf.d')
    assert.equal(await docker('exec', 'web', 'ls', '/app'), 'conf.d')
  }),
)

test(
  'dropped files are uploaded, and what is there already is asked about once',
  { skip },
  inEditor(async ({ vscode }) => {
    const app = await rowOf(vscode.page, VIEW, 'app')
    await dropFiles(vscode.page, app, { 'one.txt': '1', 'two.txt': '2' })
    // They are written side by side.
    for (const name of ['one.txt', 'two.txt']) await vscode.untilRow(VIEW, name)
    await dropFiles(vscode.page, app, { 'one.txt': 'new 1', 'two.txt': 'new 2' })
    const { placeholder } = await vscode.untilQuickInput('the question', ({ rows }) => rows.length === 3)
    assert.equal(placeholder, '2 files are there already, such as “one.txt”.')
    await vscode.choose('Keep both')
    for (const name of ['one copy.txt', 'two copy.txt']) await vscode.untilRow(VIEW, name)
    assert.equal(await docker('exec', 'web', 'sh', '-c', 'cd /app; cat one.txt two.txt "one copy.txt" "two copy.txt"'), '12new 1new 2')
  }),
)

test(
  'rows are dragged: into the editor to be opened, into a folder to be moved',
  { skip },
  inEditor(async ({ vscode }) => {
    const { page } = vscode
    const editors = page.locator('.editor-group-container').first()
    const isOpen = async () => (await page.locator('.tab', { hasText: 'two copy.txt' }).count()) > 0
    await dragTo(page, await rowOf(page, VIEW, 'two copy.txt'), editors, isOpen)
    await vscode.untilEditorText('new 2')
    const { level } = await vscode.untilRow(VIEW, 'one copy.txt')
    const isAsked = async () => (await page.locator('.monaco-dialog-box').count()) > 0
    await dragTo(page, await rowOf(page, VIEW, 'one copy.txt'), await rowOf(page, VIEW, 'conf.d'), isAsked)
    assert.equal((await vscode.dialog()).message, 'Move “one copy.txt” to web: /app/conf.d?')
    await vscode.answerDialog('Move')
    // A folder over which the mouse has rested for half a second is unfolded: it may be seen there.
    await untilGone(vscode, 'one copy.txt', level)
    assert.equal(await docker('exec', 'web', 'cat', '/app/conf.d/one copy.txt'), 'new 1')
    await docker('exec', 'web', 'sh', '-c', 'rm /app/*.txt "/app/conf.d/one copy.txt"')
    await untilGone(vscode, 'two.txt')
  }),
)

test(
  'a folder goes to the container and comes back',
  { skip },
  inEditor(async ({ vscode, workspace }) => {
    await vscode.menu(VIEW, 'app')
    await vscode.chooseFromMenu('Upload Folder…')
    await vscode.chooseFolder('Upload to web: /app', join(workspace, 'folder'))
    await vscode.untilRow(VIEW, 'folder')
    // The folder is there before what is in it.
    await untilPrints(vscode, 'a\nb', 'cat', '/app/folder/a.txt', '/app/folder/inner/b.txt')
    mkdirSync(join(workspace, 'back'))
    await vscode.menu(VIEW, 'folder')
    await vscode.chooseFromMenu('Download…')
    await vscode.chooseFolder('Download web: /app/folder', join(workspace, 'back'))
    await vscode.untilNotification(/2 files were saved in/)
    assert.equal(readFileSync(join(workspace, 'back/folder/inner/b.txt'), 'utf8'), 'b\n')
    await docker('exec', 'web', 'rm', '-r', '/app/folder')
    await vscode.runCommand('Notifications: Clear All Notifications')
  }),
)

test(
  'changes are a tree that compares with the image, and can be taken back',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.collapse(VIEW, 'Files')
    // Its number may be another one at any moment.
    const label = vscode.page.locator('.label-name', { hasText: /^Changes/ })
    const changes = (await section(vscode.page, VIEW)).locator('.monaco-list-row', { has: label })
    await changes.hover()
    await changes.locator('.actions .action-label[aria-label="Refresh"]').click()
    await unfold(vscode, 'Changes (3)', 'app', 'conf.d', 'data')
    await vscode.untilRow(VIEW, 'a.log')
    await vscode.untilRow(VIEW, 'nginx.conf')
    const rows = await vscode.rows(VIEW)
    const below = rows.slice(rows.findIndex(({ label }) => label === 'Changes (3)') + 1)
    assert.deepEqual(
      below.slice(0, 6).map(({ label, spoken }) => [label, spoken]),
      [
        ['app', 'app'],
        ['conf.d', 'conf.d'],
        ['nginx.conf', 'nginx.conf, changed since the image'],
        ['gone.txt', 'gone.txt, deleted since the image'],
        ['data', 'data, added since the image'],
        ['a.log', 'a.log, added since the image'],
      ],
    )
    await vscode.click(VIEW, 'nginx.conf')
    const diff = vscode.page.locator('.monaco-diff-editor')
    await vscode.untilTrue('both sides', async () =>
      /worker_processes.1;.*worker_processes.4;/s.test(await diff.innerText().catch(() => '')),
    )
    assert.match(await vscode.page.locator('.tab.active').innerText(), /web: nginx\.conf \(image ↔ container\)/)
    await vscode.click(VIEW, 'gone.txt')
    await vscode.untilEditorText('it was here')
    await vscode.pressRowButton(VIEW, 'nginx.conf', 'Discard Change…')
    await vscode.answerDialog('Put Back')
    await vscode.untilRow(VIEW, 'Changes (2)')
    await vscode.pressRowButton(VIEW, 'gone.txt', 'Discard Change…')
    await vscode.answerDialog('Put Back')
    await vscode.untilRow(VIEW, 'Changes (1)')
    assert.equal(
      await docker('exec', 'web', 'sh', '-c', `stat -c "%a %u:%g" ${CONF}; cat ${CONF} /app/gone.txt`),
      '640 1000:1000\nworker_processes 1;\nit was here',
    )
    await vscode.collapse(VIEW, 'web')
  }),
)

test(
  'a container that never ran, and one without any program but its own, are shown all the same',
  { skip },
  inEditor(async ({ vscode }) => {
    await unfold(vscode, 'still', 'Files', 'app', 'conf.d')
    await vscode.click(VIEW, 'nginx.conf')
    await vscode.untilEditorText('worker_processes 1;')
    await vscode.collapse(VIEW, 'still')
    await unfold(vscode, 'bare', 'Files')
    await vscode.click(VIEW, 'hello.txt')
    await vscode.untilEditorText('no shell here')
    await vscode.collapse(VIEW, 'bare')
  }),
)

test(
  'an image’s layers are shown with their sizes and what each adds and deletes, and cannot be changed',
  { skip },
  inEditor(async ({ vscode }) => {
    // All rows fit where no other view takes the room: those out of sight are not drawn.
    await vscode.page.locator('.pane-header[aria-label^="Containers"]').click()
    await vscode.expand(IMAGES, 'shop/web:2')
    const layer = await vscode.untilRow(IMAGES, 'Layer 2')
    assert.match(layer.description, /^\d+ (B|kB|KB)/)
    await vscode.expand(IMAGES, 'Layer 2')
    await vscode.expand(IMAGES, 'app')
    const gone = await vscode.untilRow(IMAGES, 'gone.txt')
    assert.deepEqual([gone.icon.split(' ')[0], gone.description], ['trash', 'deleted by this layer'])
    assert.deepEqual(await vscode.menu(IMAGES, 'app'), ['Download…', 'Copy Path'])
    await vscode.closeMenu()
    await vscode.expand(IMAGES, 'conf.d')
    await vscode.click(IMAGES, 'nginx.conf')
    await vscode.untilEditorText('worker_processes 4;')
    await vscode.typeInEditor('x')
    await vscode.untilTrue('that it is read-only', async () => (await vscode.page.getByText('Editor is read-only').count()) > 0)
    await vscode.collapse(IMAGES, 'shop/web:2')
  }),
)

test(
  'a path is typed, completed and revealed',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.menu(VIEW, 'web')
    await vscode.chooseFromMenu('Reveal by Path…')
    await vscode.untilQuickInput('what is there', ({ value, rows }) => value === '/' && rows.some(({ label }) => label === '/etc'))
    await vscode.fill('/etc/pas')
    await vscode.choose('/etc/passwd')
    await vscode.untilRow(VIEW, 'passwd', ({ isSelected }) => isSelected)
    await vscode.untilEditorText('root:x:0:0')
    await vscode.collapse(VIEW, 'web')
  }),
)
