/** The first minutes of an ordinary user: Pocker is started with one password, and goes on being there. */
import assert from 'node:assert/strict'
import { chmodSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { fakeEngine } from '../../src/testing/fake-engine.ts'
import { ANNA } from '../support/users.ts'
import { filesWith } from './support/files-with.ts'
import { PASSWORD, useAccounts } from './support/use-accounts.ts'

/** What a hostile folder's settings name as Pocker: nobody may ever call there. */
const trap = join('/tmp', `pocker-test-trap-${process.pid}.sock`)
let trapped = 0
const listening = createServer((connection) => {
  trapped++
  connection.destroy()
}).listen(trap, () => chmodSync(trap, 0o666))
after(() => listening.close())

const { skip, inEditor, client, machine } = useAccounts(
  { name: 'anna', uid: ANNA, sudo: 'ALL=(ALL:ALL) ALL' },
  { files: { '.vscode/settings.json': JSON.stringify({ 'pocker.socket': trap, 'pocker.startAutomatically': true }) } },
)

const WELCOME = /^Pocker needs to be started on this machine\. .*administrator rights once\.\nStart Pocker\n/

async function helperPid(): Promise<number> {
  using asking = client()
  const { body } = await asking.send('GET', '/pocker/helper')
  return Number(Reflect.get(Object(body), 'pid'))
}

test(
  'who does not want to give a password is told nothing, and can try again',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await vscode.untilWelcome('Containers', WELCOME)
    await vscode.screenshot('start-welcome')
    await vscode.pressWelcome('Containers', 'Start Pocker')
    await vscode.untilQuickInput('the question', ({ title }) => title === 'Administrator Rights for Pocker')
    await vscode.press('Escape')
    await vscode.untilWelcome('Containers', WELCOME)
    assert.deepEqual(await vscode.notifications(), [])
  }),
)

test(
  'a password that is wrong three times is the end, in words, with a button that asks again',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    troubles.expect(/the password was wrong/)
    await vscode.pressWelcome('Containers', 'Start Pocker')
    for (const more of ['', ': Try Again', ': Try Again']) {
      // Empty: the third has the second's title, and is another box.
      await vscode.untilQuickInput('the question', ({ title, value }) => title === `Administrator Rights for Pocker${more}` && value === '')
      await vscode.answer('wrong')
    }
    await vscode.untilNotification('Pocker was not started: the password was wrong.')
    await vscode.screenshot('start-wrong')
    await vscode.untilWelcome('Containers', WELCOME)
    await vscode.pressNotification('the password was wrong', 'Try Again')
    await vscode.untilQuickInput('the question again', ({ title }) => title === 'Administrator Rights for Pocker')
    await vscode.press('Escape')
    await vscode.untilWelcome('Containers', WELCOME)
  }),
)

test(
  'a wrong password is asked for again, the right one starts it, and the views fill',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.pressWelcome('Containers', 'Start Pocker')
    const asked = await vscode.untilQuickInput('the question', ({ title }) => title === 'Administrator Rights for Pocker')
    assert.match(asked.message, /administrator rights once\. Password of anna:/)
    await vscode.untilWelcome('Containers', /being started/)
    await vscode.screenshot('start-password')
    await vscode.answer('wrong')
    const again = await vscode.untilQuickInput('the second question', ({ title }) => title === 'Administrator Rights for Pocker: Try Again')
    assert.match(again.message, /^That was not the right password\./)
    await vscode.answer(PASSWORD)
    await vscode.untilRow('Images', 'host')
    await vscode.untilWelcome('Containers', /^Nothing is running here\./)
    await vscode.untilRow('Hosts', 'this machine', ({ description }) => /^Pocker \d\S* · nothing runs$/.test(description))
    await vscode.screenshot('start-started')
  }),
)

test(
  'what its process is killed for is started again by what the user does next, and containers go on',
  { skip },
  inEditor(async ({ vscode }) => {
    using asking = client()
    const made = await asking.send('POST', '/containers/create?name=web', {
      Image: 'host',
      Cmd: ['sleep', '1000'],
      HostConfig: { NetworkMode: 'none' },
    })
    assert.equal(made.status, 201)
    assert.equal((await asking.send('POST', '/containers/web/start')).status, 204)
    await vscode.untilRow('Containers', 'web', ({ icon }) => icon === 'circle-large-filled')
    const before = await helperPid()
    process.kill(before, 'SIGKILL')
    await vscode.untilRow('Hosts', 'this machine', ({ description }) => description.startsWith('not running'))
    await vscode.untilRow('Containers', 'web', ({ icon }) => icon === 'circle-large-filled')
    await vscode.screenshot('start-ended')
    await vscode.pressRowButton('Containers', 'web', 'Stop Container')
    await vscode.untilRow('Containers', 'web', ({ description }) => description.startsWith('exited'))
    assert.notEqual(await helperPid(), before)
    assert.deepEqual(await vscode.notifications(), [])
  }),
)

test(
  'a shell opens in what went on, whoever has ended the helper meanwhile',
  { skip },
  inEditor(async ({ vscode }) => {
    using asking = client()
    assert.equal((await asking.send('POST', '/containers/web/start')).status, 204)
    await vscode.untilRow('Containers', 'web', ({ icon }) => icon === 'circle-large-filled')
    process.kill(await helperPid(), 'SIGKILL')
    await vscode.untilRow('Hosts', 'this machine', ({ description }) => description.startsWith('not running'))
    await vscode.pressRowButton('Containers', 'web', 'Open Terminal')
    await vscode.untilTerminalText(/^root@\w+:\/# ?$/)
    await vscode.typeInTerminal('exit\n')
    await vscode.untilTerminalText(/exited 0/)
    await vscode.runCommand('Terminal: Kill the Active Terminal Instance')
    assert.deepEqual(await vscode.notifications(), [])
  }),
)

test(
  'one that has left is started by the next command, from the palette too',
  { skip },
  inEditor(async ({ vscode }) => {
    const before = await helperPid()
    process.kill(before, 'SIGTERM')
    await vscode.untilRow('Hosts', 'this machine', ({ description }) => description.startsWith('not running'))
    await vscode.runCommand('Pocker: Run…')
    await vscode.untilQuickInput('the first question', ({ rows }) => rows.some(({ label }) => label === 'host'))
    // What is asked may be known from before.
    await vscode.untilTrue('another helper', async () => {
      const pid = await helperPid().catch(() => before)
      return pid > 0 && pid !== before
    })
    await vscode.leaveQuickInput()
  }),
)

test(
  'an engine that comes later is a host: while it lets nobody in it says so, then it has its rows',
  { skip },
  inEditor(async ({ vscode }, context) => {
    const docker = await fakeEngine({ after: (end) => context.after(end) })
    docker.version = { ApiVersion: '1.41', Version: '20.10.5', Platform: { Name: 'Docker Engine' } }
    docker.containers = [{ Id: 'd1', Names: ['/of-docker'], Image: 'nginx' }]
    symlinkSync(docker.socket, join(machine().root, 'run/docker.sock'))
    await vscode.untilRow('Hosts', 'Docker', ({ description }) => description.startsWith('unreachable'))
    const hover = await vscode.hover('Hosts', 'Docker')
    assert.match(hover, /Only root and members of the group docker may use it\. Membership counts after the next login\./)
    await vscode.screenshot('start-docker-denied')
    chmodSync(dirname(docker.socket), 0o755)
    chmodSync(docker.socket, 0o666)
    await vscode.untilRow('Hosts', 'Docker', ({ description }) => description === 'Docker 20.10.5 · 1 running')
    await vscode.untilRow('Containers', 'of-docker')
    await vscode.screenshot('start-docker')
  }),
)

test(
  'the machine is examined',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.runCommand('Pocker: Doctor')
    await vscode.untilWebviewText(/Containers run here\.[\s\S]*All well[\s\S]*Linux kernel/)
    await vscode.screenshot('doctor')
    await vscode.runCommand('View: Close All Editors')
  }),
)

test(
  'the password is in no file of the editor’s, and in none of the helper’s',
  { skip },
  inEditor(async ({ profile }) => {
    // The test itself works: it finds what is there.
    assert.notDeepEqual(filesWith('administrator', profile), [])
    assert.deepEqual(filesWith(PASSWORD, profile), [])
  }),
)

test('what a folder’s settings have named was never called', { skip }, () => assert.equal(trapped, 0))
