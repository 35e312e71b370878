/** What the views say while there is no engine, and what the view "Hosts" says of one that comes and goes. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { useHelper } from './support/use-helper.ts'

const { skip, inEditor, helper, docker } = useHelper()

test(
  'a helper that runs nothing is said to, and one button leads on',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await vscode.untilWelcome('Containers', 'Nothing is running here.\nRun a Container')
    const row = await vscode.untilRow('Hosts', 'this machine', ({ description }) => /^Pocker \d\S* · nothing runs$/.test(description))
    assert.equal(row.icon.startsWith('vm-running'), true)
    await vscode.screenshot('welcome-empty')
    await vscode.pressWelcome('Containers', 'Run a Container')
    await vscode.untilQuickInput('the first question', ({ title }) => title.startsWith('Run: what?'))
    await vscode.leaveQuickInput()
  }),
)

test(
  'what its row offers',
  { skip },
  inEditor(async ({ vscode }) => {
    const items = await vscode.menu('Hosts', 'this machine')
    assert.deepEqual(items, [
      'Run…',
      'Use This Host for docker in Terminals',
      'Doctor',
      'Show Disk Use',
      'Show Log',
      'Copy Socket Path',
      'Copy DOCKER_HOST',
      'Start Pocker with This Machine',
      'Clean Up…',
    ])
    await vscode.chooseFromMenu('Use This Host for docker in Terminals')
    await vscode.untilRow('Hosts', 'this machine', ({ description }) => description.endsWith('used in terminals'))
    await vscode.runCommand('Terminal: Create New Terminal')
    await vscode.typeInTerminal('echo to $DOCKER_HOST\n')
    await vscode.untilTerminalText(`to unix://${helper().socket}`)
    await vscode.screenshot('hosts-in-terminals')
    await vscode.menu('Hosts', 'this machine')
    await vscode.chooseFromMenu('✓ Use This Host for docker in Terminals')
    await vscode.untilRow('Hosts', 'this machine', ({ description }) => !description.endsWith('used in terminals'))
    await vscode.runCommand('Terminal: Kill All Terminals')
    await vscode.runCommand('Notifications: Clear All Notifications')
  }),
)

test(
  'a helper that ends leaves its rows, which wait for nothing, and says so; one of another socket is not started',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    await docker('create', '--name', 'kept', 'host', 'true')
    await vscode.untilRow('Containers', 'kept')
    await helper().end()
    const row = await vscode.untilRow('Hosts', 'this machine', ({ description }) => description === 'not running')
    assert.equal(row.icon.startsWith('vm-outline'), true)
    await vscode.page.getByText('Pocker does not run: nothing needed it. The rows show how it was.').waitFor()
    await vscode.untilRowButtons('Containers', 'kept', [])
    await vscode.untilRow('Images', 'host')
    await vscode.screenshot('rows-of-an-ended-host')
    troubles.expect(/Pocker is looked for at a socket/)
    await vscode.pressRowButton('Hosts', 'this machine', 'Start Pocker')
    await vscode.untilNotification(
      'Pocker is looked for at a socket that POCKER_HOST or the setting pocker.socket names, and nobody answers there.',
    )
    await vscode.runCommand('Notifications: Clear All Notifications')
  }),
)

test(
  'an engine that cannot be used says why, and is tried again',
  { skip },
  inEditor(async ({ vscode, reload }) => {
    const old = createServer((_request, response) => response.end(JSON.stringify({ Version: '1.12', ApiVersion: '1.24' })))
    old.listen(helper().socket)
    await once(old, 'listening')
    const closed = once(old, 'close')
    try {
      const reason = 'This engine is too old for Pocker'
      await vscode.untilRow('Hosts', 'this machine', ({ description }) => description.startsWith('unreachable, trying again'))
      // What was there before is shown as what it is.
      await vscode.page
        .getByText(`${reason}: it needs Docker 20.10 or newer, or Podman 4. It is tried again by itself; the rows show how it was.`)
        .waitFor()
      await vscode.untilRowButtons('Containers', 'kept', [])
      await vscode.untilRow('Images', 'host')
      await vscode.screenshot('rows-of-a-lost-host')
      await reload()
      await vscode.openSideBar('Pocker')
      await vscode.untilWelcome('Containers', /^The engine does not answer.*\nTry Again\nSee the log\.$/s)
      await vscode.page.locator('.pane-header', { hasText: reason }).waitFor()
      assert.ok((await vscode.hover('Hosts', 'this machine')).includes(reason))
      await vscode.screenshot('welcome-unreachable')
      await vscode.untilRowButtons('Hosts', 'this machine', ['Try Again'])
    } finally {
      old.close()
      old.closeAllConnections()
      await closed
    }
    await vscode.pressWelcome('Containers', 'Try Again')
    await vscode.untilRow('Hosts', 'this machine', ({ description }) => description === 'not running')
    await vscode.untilWelcome('Containers', /^Pocker needs to be started on this machine\. .*administrator rights once\.\nStart Pocker\n/)
    await vscode.untilWelcome('Images', /Start Pocker$/)
    await vscode.screenshot('welcome-stopped')
  }),
)

test(
  'what it is and why it needs rights is explained',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.pressWelcome('Containers', 'how it works')
    await vscode.page.locator('.tab', { hasText: 'HOW-IT-WORKS.md' }).waitFor()
    await vscode.untilWebviewText('What runs as root, and why')
    await vscode.screenshot('how-it-works')
    await vscode.runCommand('View: Close All Editors')
  }),
)

test(
  'one that is started elsewhere is found by itself, with what is there',
  { skip },
  inEditor(async ({ vscode }) => {
    await helper().restart()
    await vscode.untilRow('Containers', 'kept')
    await vscode.untilRow('Images', 'host')
    await docker('rm', 'kept')
    await vscode.untilWelcome('Containers', 'Nothing is running here.\nRun a Container')
  }),
)
