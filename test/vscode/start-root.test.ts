/** An editor that runs as root asks nobody: who opens the view has Pocker. */
import assert from 'node:assert/strict'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { useAccounts } from './support/use-accounts.ts'

const { skip, inEditor, machine, client } = useAccounts({ name: 'root', uid: 0 })

async function pidOf(): Promise<number> {
  using asking = client()
  const { body } = await asking.send('GET', '/pocker/helper')
  return Number(Reflect.get(Object(body), 'pid'))
}

test(
  'root has it started by opening the view, without a question',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await vscode.untilRow('Images', 'host')
    await vscode.untilWelcome('Containers', /^Nothing is running here\./)
    await vscode.screenshot('start-root')
    assert.equal(await vscode.page.locator('.quick-input-widget').isVisible(), false)
    assert.deepEqual(await vscode.notifications(), [])
    const socket = statSync(join(machine().root, 'run/pocker/pocker.sock'))
    assert.deepEqual([socket.uid, (socket.mode & 0o777).toString(8)], [0, '600'])
  }),
)

test(
  'killed, it is there again by itself',
  { skip },
  inEditor(async ({ vscode }) => {
    const before = await pidOf()
    process.kill(before, 'SIGKILL')
    // Its row is there as it was until the editor has heard of it.
    await vscode.untilTrue('another process', async () => {
      const pid = await pidOf().catch(() => before)
      return pid > 0 && pid !== before
    })
    await vscode.untilRow('Hosts', 'this machine', ({ description }) => description.startsWith('Pocker'))
    await vscode.runCommand('Pocker: Run…')
    await vscode.untilQuickInput('the first question', ({ rows }) => rows.some(({ label }) => label === 'host'))
    await vscode.leaveQuickInput()
    assert.notEqual(await pidOf(), before)
    assert.deepEqual(await vscode.notifications(), [])
  }),
)

test(
  'where no service can be made it is said why',
  { skip: existsSync('/run/systemd/system') ? 'this machine has systemd' : skip },
  inEditor(async ({ vscode, troubles }) => {
    troubles.expect(/no systemd/)
    await vscode.runCommand('Pocker: Start Pocker with This Machine')
    await vscode.untilNotification('There is no systemd on this machine that could start Pocker.')
    await vscode.screenshot('start-no-service')
    await vscode.runCommand('Notifications: Clear All Notifications')
    await vscode.untilRow('Images', 'host')
  }),
)
