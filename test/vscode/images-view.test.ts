/** The view "Images": what its rows say, and how images come and go. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { writeBulkyLayout } from '../support/bulky-image.ts'
import { type CountingProxy, startCountingProxy } from '../support/counting-proxy.ts'
import { skopeo } from '../support/debian-image.ts'
import { makeTemporaryFolder } from '../support/folders.ts'
import { whyNoImages } from '../support/image-engine.ts'
import { readRegistryTag, startRegistry, type TestRegistry } from '../support/registry.ts'
import { untilTrue } from './support/until.ts'
import { useHelper } from './support/use-helper.ts'
import type { Vscode } from './support/vscode.ts'

const VIEW = 'Images'
const ACCOUNT = { username: 'me', password: 'open sesame' }

const used = useHelper()
const { inEditor, docker } = used
const skip = whyNoImages() || used.skip
const stack = new AsyncDisposableStack()
let registry: TestRegistry
let guarded: TestRegistry
let proxy: CountingProxy

before(async () => {
  if (skip !== false) return
  registry = stack.use(await startRegistry())
  guarded = stack.use(await startRegistry({ account: ACCOUNT }))
  proxy = stack.use(await startCountingProxy(registry.address))
  const layout = stack.use(makeTemporaryFolder('bulky'))
  await writeBulkyLayout(layout.path, { name: 'bulky', layers: 2, megabytes: 4, files: 1 })
  await skopeo('copy', ...registry.skopeoFlags('dest'), `oci:${layout.path}:bulky`, `docker://${registry.address}/bulky:1`)
})
after(async () => await stack.disposeAsync())

async function labels(vscode: Vscode): Promise<string[]> {
  return (await vscode.rows(VIEW)).map(({ label }) => label)
}

test(
  'the machine’s own image is there without any download, and a click runs it',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    const row = await vscode.untilRow(VIEW, 'host')
    assert.equal(row.description, 'this machine’s /usr · ready offline')
    assert.deepEqual(await vscode.rowButtons(VIEW, 'host'), ['Run…'])
    await vscode.click(VIEW, 'host')
    await vscode.untilQuickInput('the run form', ({ title, rows }) => title === 'Ready to run' && rows[0]?.label === 'Run host')
    await vscode.screenshot('images-click-runs')
    await vscode.leaveQuickInput()
  }),
)

test(
  'a pull is a row that says how far it is, and ends by its ✕ with nothing left',
  { skip },
  inEditor(async ({ vscode }) => {
    // So slow that all that is looked at is seen in time.
    proxy.slowDown(25_000)
    await vscode.runCommand('Pocker: Pull Image…')
    await vscode.fill('Nothing like a name')
    await vscode.untilQuickInput('what is wrong', ({ message }) => message.includes('Image names are in small letters'))
    await vscode.answer(`${proxy.address}/bulky:1`)
    const label = 'pulling bulky:1 …'
    const row = await vscode.untilRow(VIEW, label, ({ description }) => /^[▓░]{5} [\d.]+ of [\d.]+ MB$/.test(description))
    assert.equal(row.icon.startsWith('cloud-download'), true)
    await vscode.untilStatusBar(/pulling .* of [\d.]+ MB/)
    await vscode.screenshot('images-pulling')
    await vscode.untilRowButtons(VIEW, label, ['Cancel Transfer'])
    await vscode.pressRowButton(VIEW, label, 'Cancel Transfer')
    await untilTrue(
      'the row to go',
      async () => (await labels(vscode)).join() === 'host',
      () => labels(vscode),
    )
    assert.deepEqual(await vscode.notifications(), [])
    assert.equal(await docker('images', '-q', `${proxy.address}/bulky`), '')
  }),
)

test(
  'a pull that ends well is a row with its size',
  { skip },
  inEditor(async ({ vscode }) => {
    proxy.slowDown(Number.POSITIVE_INFINITY)
    await vscode.pressTitleButton(VIEW, 'Pull Image…')
    await vscode.answer(`${proxy.address}/bulky:1`)
    const row = await vscode.untilRow(VIEW, `${proxy.address}/bulky:1`)
    assert.equal(row.description, '8 MB')
  }),
)

test(
  'what a registry does not have is said in words',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    troubles.expect(/The registry has no image/)
    await vscode.runCommand('Pocker: Pull Image…')
    await vscode.answer(`${registry.address}/no-such:1`)
    await vscode.untilNotification('The registry has no image of this name and tag.')
    await vscode.runCommand('Notifications: Clear All Notifications')
  }),
)

test(
  'a search finds what a registry has, and pulls it',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.runCommand('Pocker: Search for Images…')
    await vscode.answer(`${registry.address}/bul`)
    await vscode.untilQuickInput('what was found', ({ rows }) => rows[0]?.label.endsWith('bulky') === true)
    await vscode.screenshot('images-search')
    await vscode.leaveQuickInput()
  }),
)

test(
  'an image gets a name of another registry, and is pushed there with a login that is kept nowhere',
  { skip },
  inEditor(async ({ vscode }) => {
    const name = `${guarded.address}/app:2`
    await vscode.menu(VIEW, `${proxy.address}/bulky:1`)
    await vscode.chooseFromMenu('Add Name…')
    await vscode.answer(name)
    await vscode.untilRow(VIEW, name)
    await vscode.menu(VIEW, name)
    await vscode.chooseFromMenu('Push Image')
    await vscode.untilQuickInput('the login', ({ title }) => title === `Log in to ${guarded.address}`)
    await vscode.screenshot('images-login')
    await vscode.answer(ACCOUNT.username)
    await vscode.untilQuickInput('the password', ({ message }) => message.includes('password'))
    await vscode.answer(ACCOUNT.password)
    await vscode.choose('Until this window closes')
    await untilTrue('the push', async () => {
      try {
        return readRegistryTag(guarded, 'app', '2').startsWith('sha256:')
      } catch {
        return false // not there yet
      }
    })
    await vscode.runCommand('Pocker: Forget Registry Login…')
    await vscode.choose(guarded.address)
    await vscode.runCommand('Pocker: Forget Registry Login…')
    await vscode.untilQuickInput('nothing kept', ({ rows }) => rows[0]?.label === 'No login is kept.')
    await vscode.leaveQuickInput()
  }),
)

test(
  'an image is saved, removed after a question that names its users, and loaded again',
  { skip },
  inEditor(async ({ vscode, workspace }) => {
    const name = `${guarded.address}/app:2`
    await docker('rmi', `${proxy.address}/bulky:1`)
    // Its row goes, and those below it move.
    await untilTrue('the other name to go', async () => !(await labels(vscode)).includes(`${proxy.address}/bulky:1`))
    await vscode.menu(VIEW, name)
    await vscode.chooseFromMenu('Save Image to File…')
    await vscode.untilQuickInput('the file', ({ value }) => value.endsWith('.tar'))
    await vscode.answer(join(workspace, 'saved.tar'))
    await vscode.untilNotification(/is in .*saved\.tar/)
    await vscode.runCommand('Notifications: Clear All Notifications')
    await docker('create', '--name', 'user', name)
    await vscode.untilRow(VIEW, name, ({ description }) => description === '8 MB · used by 1')
    await vscode.menu(VIEW, name)
    await vscode.chooseFromMenu('Remove Image')
    const { detail, buttons } = await vscode.dialog()
    assert.match(detail, /is used by user\./)
    assert.deepEqual(buttons.toSorted(), ['Cancel', 'Remove by Force'])
    await vscode.screenshot('images-remove')
    await vscode.answerDialog('Remove by Force')
    await untilTrue('the name to go', async () => !(await labels(vscode)).includes(name))
    await docker('rm', 'user')
    await vscode.runCommand('Pocker: Load Images from File…')
    await vscode.untilQuickInput('the file', ({ value }) => value.startsWith('/'))
    await vscode.answer(join(workspace, 'saved.tar'))
    await vscode.untilRow(VIEW, name, ({ description }) => description === '8 MB')
    assert.deepEqual(readdirSync(workspace), ['saved.tar'])
  }),
)

test(
  'files become an image, and one that has lost its name is in a row with others like it',
  { skip },
  inEditor(async ({ vscode, workspace }) => {
    assert.ok(existsSync(join(workspace, 'saved.tar')))
    await vscode.runCommand('Pocker: Import Files as Image…')
    await vscode.untilQuickInput('the file', ({ value }) => value.startsWith('/'))
    await vscode.answer(join(workspace, 'saved.tar'))
    await vscode.untilQuickInput('the name', ({ placeholder }) => placeholder === 'my-app:1.0')
    await vscode.answer('twice:1')
    await vscode.untilRow(VIEW, 'twice:1')
    await docker('import', '--message', 'another', join(workspace, 'saved.tar'), 'twice:1')
    const row = await vscode.untilRow(VIEW, '<none>')
    assert.match(row.description, /^1 dangling · \d+ MB$/)
    await vscode.expand(VIEW, '<none>')
    await vscode.screenshot('images-dangling')
    await vscode.pressRowButton(VIEW, '<none>', 'Remove Unused Images…')
    const { rows } = await vscode.untilQuickInput('what can go', (input) => input.rows.length > 0)
    assert.ok(rows.some(({ label }) => label.startsWith('<none> ')))
    await vscode.screenshot('images-prune')
    await vscode.press('Enter')
    await untilTrue('it to go', async () => !(await labels(vscode)).includes('<none>'))
    assert.ok((await labels(vscode)).includes('twice:1'))
  }),
)

test(
  'how an image was made is a document',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.menu(VIEW, 'twice:1')
    await vscode.chooseFromMenu('Show History of Image')
    await vscode.untilEditorText('steps: 1, the newest first')
    assert.ok((await vscode.editorTitles()).includes('twice 1 history'))
    await vscode.screenshot('images-history')
  }),
)

test(
  'Delete removes without a question what nobody uses',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.click(VIEW, 'twice:1')
    await vscode.untilQuickInput('the run form', ({ title }) => title === 'Ready to run')
    await vscode.leaveQuickInput()
    await vscode.press('Delete')
    await untilTrue('it to go', async () => !(await labels(vscode)).includes('twice:1'))
  }),
)
