/** Looking at containers, images and hosts: run traces, processes, pages and documents. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { useHelper } from './support/use-helper.ts'
import type { Vscode } from './support/vscode.ts'

const { skip, inEditor, docker } = useHelper()

/** What closes late takes the focus late, and a menu that is open by then is closed with it. */
async function closeEditors(vscode: Vscode): Promise<void> {
  await vscode.runCommand('View: Close All Editors')
  await vscode.untilTrue('no editor', async () => (await vscode.editorTitles()).length === 0)
}

test(
  'a run trace has each step with its calls, its time and a bar',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await docker('run', '-d', '--network', 'none', '--name', 'web', '-e', 'A=1', 'host', 'sh', '-c', 'sleep 1000 & sleep 999; wait')
    await vscode.untilRow('Containers', 'web')
    await vscode.menu('Containers', 'web')
    await vscode.chooseFromMenu('Show Run Trace')
    const frame = await vscode.untilWebview('web: run trace')
    const step = frame.locator('details', { hasText: 'Make the root folder' })
    assert.match(
      (await step.locator('summary').innerText()).replace(/\s+/g, ' '),
      /^Make the root folder of the image’s layers container [\d.]+ [µm]s$/,
    )
    await step.locator('summary').click()
    await step.locator('li', { hasText: /^mount\("overlay", / }).waitFor()
    const widths = await frame
      .locator('.bar rect')
      .evaluateAll((bars) => bars.map((bar) => Number.parseFloat(bar.getAttribute('width') ?? '')))
    assert.equal(Math.max(...widths), 100)
    assert.equal(widths.length, await frame.locator('details').count())
    await vscode.screenshot('trace')
    await closeEditors(vscode)
  }),
)

test(
  'a plan before a run looks like a trace after it, without times',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.runCommand('Pocker: Run…')
    await vscode.untilQuickInput('the first question', ({ title }) => title.startsWith('Run: what?'))
    await vscode.choose('host')
    await vscode.untilQuickInput('the review', ({ rows }) => rows.some(({ label }) => label === 'Show the isolation plan'))
    await vscode.pressQuickRow('Show the isolation plan')
    const frame = await vscode.untilWebview('nothing has been run')
    await frame.locator('summary', { hasText: 'Make the root folder' }).waitFor()
    assert.equal(await frame.locator('.bar').count(), 0)
    await vscode.leaveQuickInput()
    await vscode.screenshot('plan')
    await closeEditors(vscode)
  }),
)

test(
  'processes are a tree below their container, and are listed anew when that is wanted',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.expand('Containers', 'web')
    await vscode.expand('Containers', 'Processes (3)')
    const shell = await vscode.untilRow('Containers', 'sh -c sleep 1000 & sleep 999; wait')
    const sleep = await vscode.untilRow('Containers', 'sleep 999')
    assert.equal(sleep.level, shell.level + 1)
    assert.match(sleep.description, /^root · pid \d+ · CPU \d\d:\d\d:\d\d$/)
    await vscode.screenshot('processes')
    await docker('exec', '-d', 'web', 'sleep', '998')
    await vscode.pressRowButton('Containers', 'Processes (3)', 'Refresh Processes')
    await vscode.untilRow('Containers', 'Processes (4)')
    await vscode.untilRow('Containers', 'sleep 998')
    await docker('stop', '-t', '0', 'web')
    await vscode.untilTrue('the processes to go', async () =>
      (await vscode.rows('Containers')).every(({ label }) => !/Processes|sleep/.test(label)),
    )
    await docker('start', 'web')
    // However many have begun when they are counted.
    await vscode.untilTrue('processes again', async () =>
      (await vscode.rows('Containers')).some(({ label }) => /^Processes \([1-3]\)$/.test(label)),
    )
    await vscode.collapse('Containers', 'web')
  }),
)

test(
  'the page of a container follows it, and says when it is gone',
  { skip },
  inEditor(async ({ vscode }) => {
    await docker('run', '-d', '--network', 'none', '--name', 'short', '--memory', '100m', '-v', '/tmp:/host:ro', 'host', 'sleep', '1000')
    await vscode.untilRow('Containers', 'short')
    await vscode.menu('Containers', 'short')
    await vscode.chooseFromMenu('Inspect Container')
    const text = await vscode.untilWebviewText(/Status\s+running/)
    assert.match(text, /Memory\s+100m/)
    assert.match(text, /\/host\s+bind\s+\/tmp\s+read-only/)
    await vscode.screenshot('inspect')
    await docker('stop', '-t', '0', 'short')
    await vscode.untilWebviewText(/Status\s+exited\s+Exit code\s+137/)
    // The same once more is the same tab, from behind another one.
    await vscode.runCommand('Pocker: Doctor')
    await vscode.page.locator('.tab.active', { hasText: 'Pocker doctor' }).waitFor()
    // A page takes the focus once it is there, and a menu that is open by then is closed with it.
    await vscode.untilWebviewText(/Pocker doctor/i)
    await vscode.menu('Containers', 'short')
    await vscode.chooseFromMenu('Inspect Container')
    await vscode.page.locator('.tab.active', { hasText: 'short' }).waitFor()
    assert.equal((await vscode.editorTitles()).length, 2)
    await docker('rm', 'short')
    await vscode.untilWebviewText('This container has been removed.')
    await vscode.screenshot('inspect-removed')
    await closeEditors(vscode)
  }),
)

test(
  'all that the engine knows of a container is a document',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.menu('Containers', 'web')
    await vscode.chooseFromMenu('Inspect Container as JSON')
    await vscode.untilEditorText('"Path": "sh"')
    assert.deepEqual(await vscode.editorTitles(), ['web.json'])
    await closeEditors(vscode)
  }),
)

test(
  'an image says what it runs, and the disk what takes its space',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.menu('Images', 'host')
    await vscode.chooseFromMenu('Inspect Image')
    await vscode.untilWebviewText(/What it runs\s+Command\s+\/bin\/bash/)
    await vscode.screenshot('inspect-image')
    await docker('exec', 'web', 'dd', 'if=/dev/zero', 'of=/root/big', 'bs=1M', 'count=5')
    await vscode.runCommand('Pocker: Show Disk Use')
    await vscode.untilWebviewText(/web\s+5\.\d MB\s+Up/)
    await vscode.screenshot('disk-use')
    await closeEditors(vscode)
  }),
)

test(
  'cleaning up shows what nothing needs, and removes what is ticked',
  { skip },
  inEditor(async ({ vscode }) => {
    await docker('create', '--name', 'unused', 'host', 'true')
    await vscode.untilRow('Containers', 'unused')
    await vscode.runCommand('Pocker: Clean Up…')
    await vscode.untilQuickInput('what can go', ({ rows }) => rows.some(({ label }) => label === 'unused'))
    await vscode.screenshot('clean-up')
    await vscode.press('Enter')
    await vscode.untilQuickInputClosed()
    await vscode.untilTrue('it to go', async () => (await vscode.rows('Containers')).every(({ label }) => label !== 'unused'))
    await vscode.untilRow('Containers', 'web')
  }),
)
