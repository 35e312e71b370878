/** Where sudo asks in terminals alone, Pocker is started in one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ANNA } from '../support/users.ts'
import { filesWith } from './support/files-with.ts'
import { PASSWORD, useAccounts } from './support/use-accounts.ts'

const { skip, inEditor } = useAccounts({ name: 'anna', uid: ANNA, sudo: 'ALL=(ALL:ALL) ALL', defaults: 'requiretty' })

test(
  'a sudo that wants a terminal gets one, by one button, and the views fill',
  { skip },
  inEditor(async ({ vscode, troubles, profile }) => {
    troubles.expect(/requiretty/)
    await vscode.openSideBar('Pocker')
    await vscode.untilWelcome('Containers', /Start Pocker/)
    await vscode.pressWelcome('Containers', 'Start Pocker')
    await vscode.untilNotification('On this machine sudo works in a terminal only (requiretty).')
    await vscode.screenshot('start-requiretty')
    await vscode.pressNotification('in a terminal only', 'Open a Terminal Instead')
    await vscode.untilTerminalText(/password for anna:/)
    await vscode.screenshot('start-terminal')
    await vscode.typeInTerminal(`${PASSWORD}\n`)
    await vscode.untilRow('Images', 'host')
    await vscode.untilWelcome('Containers', /^Nothing is running here\./)
    await vscode.screenshot('start-terminal-started')
    assert.deepEqual(await vscode.notifications(), [])
    assert.deepEqual(filesWith(PASSWORD, profile), [])
  }),
)
