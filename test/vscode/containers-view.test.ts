/** The view "Containers": what its rows say, in which order, and what of them is hidden. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestHelper } from '../support/helper.ts'
import { untilTrue } from './support/until.ts'
import { dockerOf, useHelper } from './support/use-helper.ts'

const VIEW = 'Containers'

const { skip, inEditor, docker } = useHelper({ prepare: makeContainers })

/** One in each state that there is, but for those that nobody can hold on to. */
async function makeContainers(helper: TestHelper): Promise<void> {
  const run = (name: string, ...words: string[]) => dockerOf(helper, ['run', '-d', '--name', name, ...words])
  const shop = ['--label', 'com.docker.compose.project=shop']
  const sleep = ['host', 'sleep', '1000']
  await Promise.all([
    run('web', ...shop, ...sleep),
    run('db', ...shop, '--health-cmd', 'true', '--health-interval', '200ms', ...sleep),
    run('worker', ...shop, '--health-cmd', 'echo refused; false', '--health-interval', '200ms', '--health-retries', '1', ...sleep),
    run('slow', '--health-cmd', 'sleep 100', '--health-start-period', '100s', ...sleep),
    run('done', 'host', 'true'),
    run('failed', 'host', 'sh', '-c', 'exit 3'),
    run('hungry', '--memory', '16m', 'host', 'sh', '-c', 'tail /dev/zero'),
    run('halted', ...sleep),
    dockerOf(helper, [
      'create',
      '--name',
      'fresh',
      '--label',
      'com.docker.compose.project=$(trash)\u202e**x**[y](command:z)',
      'host',
      'true',
    ]),
  ])
  await dockerOf(helper, ['pause', 'halted'])
}

test(
  'rows say in which state each container is, by shape, colour and words',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await vscode.untilRows(
      VIEW,
      [
        '$\u200c(trash)\ufffd**x**[y](command:z) | 0 of 1 running | layers colored',
        'fresh | created · host | circle-large-outline',
        'shop | 3 of 3 running | layers colored',
        'db | host | pass-filled',
        'web | host | circle-large-filled',
        'worker | unhealthy: refused · host | warning',
        'done | exited 0 · host | debug-stop',
        'failed | exited 3 · host | error',
        'halted | paused · host | debug-pause',
        'hungry | exited 137, out of memory · host | chip',
        'slow | starting · host | color-mode',
      ],
      ({ label, description, icon }) => `${label} | ${description} | ${icon}`,
    )
    const worker = await vscode.untilRow(VIEW, 'worker')
    assert.equal(worker.spoken, 'worker, running, unhealthy, refused, image host')
    assert.equal(worker.level, 2)
    await untilTrue('the number on the icon', async () => (await vscode.badge('Pocker')) === '4')
    await vscode.screenshot('containers-states')
  }),
)

test(
  'who rests on a row is told more, and no markup of a label is',
  { skip },
  inEditor(async ({ vscode }) => {
    const text = await vscode.hover(VIEW, 'hungry')
    for (const words of ['Command: sh -c tail /dev/zero', 'State: exited 137, out of memory', 'Limits: 16m memory', 'Networks: none'])
      assert.ok(text.includes(words), `${words} in ${text}`)
    await vscode.screenshot('containers-hover')
    assert.ok((await vscode.hover(VIEW, 'fresh')).includes('Labels: 1'))
  }),
)

test(
  'one that ends while somebody looks changes its row, its group and the badge',
  { skip },
  inEditor(async ({ vscode }) => {
    await docker('stop', '-t', '0', 'web')
    const row = await vscode.untilRow(VIEW, 'web', ({ icon }) => icon === 'stop-circle')
    assert.match(row.description, /^exited 137 · host/)
    await vscode.untilRow(VIEW, 'shop', ({ description }) => description === '2 of 3 running')
    await untilTrue('the number on the icon', async () => (await vscode.badge('Pocker')) === '3')
    await docker('start', 'web')
    await vscode.untilRow(VIEW, 'shop', ({ description }) => description === '3 of 3 running')
  }),
)

test(
  'a filter is typed and the rows follow; what is hidden is said beside the title',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.click(VIEW, 'slow')
    await vscode.press('Control+f')
    await vscode.fill('shop')
    await vscode.untilRow(VIEW, 'worker')
    await vscode.page.keyboard.press('Enter')
    await vscode.untilQuickInputClosed()
    await vscode.untilRows(VIEW, ['shop', 'db', 'web', 'worker'])
    await vscode.page.getByText('3 of 9 · “shop”').first().waitFor()
    await vscode.screenshot('containers-filter')
    await vscode.runCommand('Pocker: Filter Containers…')
    await vscode.fill('no such thing')
    await vscode.page.keyboard.press('Enter')
    await vscode.untilWelcome(VIEW, /all of them are hidden\.\nShow All/)
    await vscode.screenshot('containers-all-hidden')
    await vscode.pressWelcome(VIEW, 'Show All')
    await vscode.untilRow(VIEW, 'slow')
  }),
)

test(
  'a filter that is left by Escape is as it was',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.runCommand('Pocker: Filter Containers…')
    await vscode.fill('db')
    await vscode.page.getByText('1 of 9 · “db”').first().waitFor()
    await vscode.leaveQuickInput()
    await vscode.untilRow(VIEW, 'slow')
  }),
)

test(
  'groups and order are chosen, and stopped ones hidden',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.runCommand('Pocker: Group Containers By…')
    await vscode.choose('Status')
    await vscode.untilRow(VIEW, 'Stopped')
    assert.deepEqual(
      (await vscode.rows(VIEW)).filter(({ level }) => level === 1).map(({ label, description }) => `${label}: ${description}`),
      ['Running: 4 of 4 running', 'Paused: 0 of 1 running', 'Created: 0 of 1 running', 'Stopped: 0 of 3 running'],
    )
    await vscode.screenshot('containers-by-status')
    await vscode.runCommand('Pocker: Group Containers By…')
    await vscode.choose('Nothing')
    await vscode.runCommand('Pocker: Sort Containers By…')
    await vscode.choose('State')
    await vscode.untilRow(VIEW, 'worker', ({ level }) => level === 1)
    await vscode.runCommand('Pocker: Hide Stopped Containers')
    await vscode.page.getByText('5 of 9 · not the stopped').first().waitFor()
    await vscode.untilRows(VIEW, ['worker', 'db', 'slow', 'web', 'halted'])
    await vscode.runCommand('Pocker: ✓ Hide Stopped Containers')
    await vscode.untilRow(VIEW, 'done')
  }),
)

test(
  'only what belongs to the open folder is shown',
  { skip },
  inEditor(async ({ vscode, workspace }) => {
    await docker('create', '--name', 'mine', '-v', `${workspace}:/src`, 'host', 'true')
    await vscode.untilRow(VIEW, 'mine')
    await vscode.runCommand('Pocker: Only Containers of This Workspace')
    await vscode.page.getByText('1 of 10 · this workspace').first().waitFor()
    await vscode.untilRows(VIEW, ['mine'])
    await vscode.runCommand('Pocker: ✓ Only Containers of This Workspace')
    await vscode.untilRow(VIEW, 'done')
  }),
)

test(
  'how they are shown is the same after the window is loaded anew',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    await vscode.runCommand('Pocker: Filter Containers…')
    await vscode.answer('db')
    await vscode.page.getByText('1 of 10 · “db”').first().waitFor()
    // By its own command: the editor keeps what it is to remember when it is left in order.
    await troubles.whileLeaving(async () => {
      const loaded = vscode.page.waitForEvent('load')
      await vscode.runCommand('Developer: Reload Window')
      await loaded
    })
    await vscode.openSideBar('Pocker')
    await vscode.untilRow(VIEW, 'db', ({ level }) => level === 1)
    await vscode.untilRows(VIEW, ['db'])
  }),
)
