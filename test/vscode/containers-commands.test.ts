/** What can be done to containers from the view "Containers", by menus, buttons and keys. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { until, untilTrue } from './support/until.ts'
import { dockerOf, useHelper } from './support/use-helper.ts'
import { rowOf } from './support/views.ts'
import type { Vscode } from './support/vscode.ts'

const VIEW = 'Containers'
const SLEEP = ['host', 'sleep', '1000']

const { skip, inEditor, docker, helper } = useHelper({
  prepare: async (started) => {
    const run = (name: string, ...words: string[]) => dockerOf(started, ['run', '-d', '--name', name, ...words])
    await Promise.all([
      ...['a1', 'a2', 'a3'].map((name) => run(name, '--stop-signal', 'KILL', ...SLEEP)),
      ...['b1', 'b2'].map((name) => dockerOf(started, ['create', '--name', name, ...SLEEP])),
    ])
  },
})

async function select(vscode: Vscode, first: string, ...others: readonly string[]): Promise<void> {
  await vscode.click(VIEW, first)
  for (const name of others) await (await rowOf(vscode.page, VIEW, name)).click({ modifiers: ['Control'] })
}

async function statusOf(name: string): Promise<string> {
  return await docker('inspect', '--format', '{{.State.Status}}', name)
}

async function names(vscode: Vscode): Promise<string[]> {
  return (await vscode.rows(VIEW)).map(({ label }) => label)
}

test(
  'what is selected is acted on, and of what it made no sense for that is said',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await vscode.untilRow(VIEW, 'a1', ({ icon }) => icon === 'circle-large-filled')
    await select(vscode, 'a1', 'a2', 'b1')
    await vscode.menu(VIEW, 'a1')
    await vscode.chooseFromMenu('Stop Container')
    for (const name of ['a1', 'a2']) await vscode.untilRow(VIEW, name, ({ icon }) => icon === 'stop-circle')
    assert.equal(await vscode.untilNotification('2 of 3'), '2 of 3 containers were stopped: the others do not run.')
    await vscode.screenshot('containers-stopped-2-of-3')
    assert.deepEqual(await Promise.all(['a1', 'a2', 'a3', 'b1'].map(statusOf)), ['exited', 'exited', 'running', 'created'])
    await vscode.runCommand('Notifications: Clear All Notifications')
  }),
)

test(
  'a button on the row starts it',
  { skip },
  inEditor(async ({ vscode }) => {
    // As long as others are selected with it, a button is for them all.
    await vscode.click(VIEW, 'a1')
    await vscode.untilRowButtons(VIEW, 'a1', ['Start Container', 'Show Container Log', 'Edit and Recreate…'])
    await vscode.pressRowButton(VIEW, 'a1', 'Start Container')
    await vscode.untilRow(VIEW, 'a1', ({ icon }) => icon === 'circle-large-filled')
    await vscode.untilRowButtons(VIEW, 'a1', ['Open Terminal', 'Show Container Log', 'Stop Container'])
  }),
)

test(
  'one is paused and goes on',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.menu(VIEW, 'a1')
    await vscode.chooseFromMenu('Pause Container')
    await vscode.untilRow(VIEW, 'a1', ({ icon }) => icon === 'debug-pause')
    await vscode.pressRowButton(VIEW, 'a1', 'Resume Container')
    await vscode.untilRow(VIEW, 'a1', ({ icon }) => icon === 'circle-large-filled')
  }),
)

test(
  'F2 renames the row that has the focus, and checks the name as it is typed',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.click(VIEW, 'a1')
    await vscode.press('ArrowDown')
    await vscode.press('F2')
    await vscode.untilQuickInput('the name', ({ title, value }) => title === 'Rename “a2”' && value === 'a2')
    await vscode.fill('a1')
    await vscode.untilQuickInput('what is wrong', ({ message }) => message.includes('There is already a container “a1”.'))
    await vscode.screenshot('containers-rename')
    await vscode.answer('renamed')
    await vscode.untilRow(VIEW, 'renamed')
    assert.equal((await vscode.untilRow(VIEW, 'a1')).isSelected, true)
  }),
)

test(
  'Delete removes without a question what has never run',
  { skip },
  inEditor(async ({ vscode }) => {
    await select(vscode, 'b1', 'b2')
    await vscode.press('Delete')
    await untilTrue(
      'b1 and b2 to go',
      async () => (await names(vscode)).join() === 'a1,a3,renamed',
      () => names(vscode),
    )
    assert.deepEqual(await vscode.notifications(), [])
  }),
)

test(
  'Delete asks before it ends what runs, and names what goes',
  { skip },
  inEditor(async ({ vscode }) => {
    await docker('run', '-d', '--name', 'data', '-v', '/var/data', ...SLEEP)
    await vscode.untilRow(VIEW, 'data', ({ icon }) => icon === 'circle-large-filled')
    await select(vscode, 'a3', 'data')
    await vscode.press('Delete')
    const dialog = await vscode.dialog()
    assert.equal(dialog.message, 'Remove 2 containers?')
    for (const words of ['“a3” runs: it is ended at once', 'The data of “data” in /var/data goes'])
      assert.ok(dialog.detail.includes(words), dialog.detail)
    await vscode.screenshot('containers-remove')
    await vscode.answerDialog('Cancel')
    assert.equal(await statusOf('a3'), 'running')
    await vscode.press('Delete')
    await vscode.dialog()
    await vscode.answerDialog('Remove 2 Containers')
    await untilTrue(
      'both to go',
      async () => (await names(vscode)).join() === 'a1,renamed',
      () => names(vscode),
    )
  }),
)

test(
  'limits and restart are changed while it runs',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.menu(VIEW, 'a1')
    await vscode.chooseFromMenu('Limits and Restart…')
    await vscode.choose('Limits')
    await vscode.choose('Memory')
    await vscode.untilQuickInput('the question for it', ({ message }) => message.startsWith('Empty: no limit.'))
    await vscode.answer('64m')
    await vscode.untilQuickInput('the limit in the list', ({ rows }) => rows.some(({ description }) => description === '64m'))
    await vscode.goBack()
    await vscode.choose('Restart')
    await vscode.choose('unless-stopped')
    await vscode.untilQuickInput('both', ({ rows }) => rows[0]?.label === 'Apply')
    await vscode.screenshot('containers-update')
    await vscode.choose('Apply')
    const format = '{{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}}'
    const wanted = `${64 * 2 ** 20} unless-stopped`
    await until('the new limits', async () => ((await docker('inspect', '--format', format, 'a1')) === wanted ? true : undefined))
  }),
)

test(
  'a signal is chosen and sent',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.menu(VIEW, 'a1')
    await vscode.chooseFromMenu('Send Signal…')
    await vscode.choose('SIGKILL')
    // Whatever its restart policy: it was the user who ended it.
    await vscode.untilRow(VIEW, 'a1', ({ icon, description }) => icon === 'stop-circle' && description.startsWith('exited 137'))
    await docker('start', 'a1')
    await vscode.untilRow(VIEW, 'a1', ({ icon }) => icon === 'circle-large-filled')
  }),
)

test(
  'files are exported, and an image is made of a container',
  { skip },
  inEditor(async ({ vscode, workspace }) => {
    const archive = join(workspace, 'files.tar')
    await vscode.menu(VIEW, 'a1')
    await vscode.chooseFromMenu('Export Files of Container…')
    await vscode.untilQuickInput('the file', ({ value }) => value.endsWith('/a1.tar'))
    await vscode.answer(archive)
    await vscode.untilNotification('The files of “a1” are in')
    assert.ok(statSync(archive).size > 10_000)
    await vscode.runCommand('Notifications: Clear All Notifications')
    await docker('import', archive, 'base:1')
    await docker('create', '--name', 'plain', 'base:1', 'true')
    await vscode.untilRow(VIEW, 'plain')
    await vscode.menu(VIEW, 'plain')
    await vscode.chooseFromMenu('Make Image of Container…')
    await vscode.fill('Not a name')
    await vscode.untilQuickInput('what is wrong', ({ message }) => message.includes('Image names are in small letters'))
    await vscode.answer('made:1')
    await vscode.untilRow('Images', 'made:1')
    await docker('rm', 'plain')
  }),
)

test(
  'why no image can be made of one is said in words',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    troubles.expect(/The image “host” is/)
    await vscode.menu(VIEW, 'a1')
    await vscode.chooseFromMenu('Make Image of Container…')
    await vscode.answer('made:2')
    await vscode.untilNotification('The image “host” is this machine’s own programs')
    await vscode.screenshot('containers-commit-refused')
    await vscode.runCommand('Notifications: Clear All Notifications')
  }),
)

test(
  'a port is opened in the browser by what it speaks',
  { skip },
  inEditor(async ({ vscode }) => {
    // The machine's network: a server of the test's own answers for the container.
    const server = createServer((_request, response) => response.end('<title>served</title>'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const address = server.address()
      assert.ok(typeof address === 'object' && address !== null)
      await docker('run', '-d', '--name', 'served', '--network', 'host', '--expose', String(address.port), ...SLEEP)
      await vscode.untilRow(VIEW, 'served', ({ icon }) => icon === 'circle-large-filled')
      const opened = vscode.page.context().waitForEvent('page')
      await vscode.menu(VIEW, 'served')
      await vscode.chooseFromMenu('Open in Browser')
      const page = await opened
      await page.waitForLoadState()
      assert.match(page.url(), new RegExp(`^http://.*${address.port}`))
      await page.close()
    } finally {
      server.close()
    }
    await docker('rm', '-f', 'served')
  }),
)

test(
  'stopped ones are shown with their sizes before they go',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.runCommand('Pocker: Remove Stopped Containers…')
    const { rows } = await vscode.untilQuickInput('what can go', (input) => input.rows.length > 0)
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['renamed'],
    )
    assert.match(rows[0]?.description ?? '', /B · host/)
    await vscode.screenshot('containers-prune')
    await vscode.press('Enter')
    await untilTrue(
      'it to go',
      async () => (await names(vscode)).join() === 'a1',
      () => names(vscode),
    )
  }),
)

test(
  'what fails is said once in words, and no row goes on waiting',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    troubles.expect(/Another container has this name/)
    await vscode.click(VIEW, 'a1')
    await vscode.press('F2')
    await vscode.untilQuickInput('the name', ({ value }) => value === 'a1')
    await vscode.fill('other')
    // Somebody takes the name while it is being typed.
    await docker('create', '--name', 'other', ...SLEEP)
    await vscode.press('Enter')
    await vscode.untilNotification('Another container has this name')
    await vscode.screenshot('containers-error')
    assert.deepEqual((await vscode.notifications()).length, 1)
    assert.equal(helper().stderr(), '')
  }),
)
