/** A machine over SSH beside this one: an image goes there, serves there, is seen here, and Pocker is removed from it. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startHelper, type TestHelper, whyNoHelper } from '../support/helper.ts'
import { writeSshConfig } from '../support/ssh-client.ts'
import { makeSshMachine, type SshMachine, whyNoSshMachine } from '../support/ssh-machine.ts'
import { makeSite, TITLE } from './support/site.ts'
import { useEditor } from './support/use-editor.ts'

const VIEW = 'Containers'
const stack = new AsyncDisposableStack()
let machine: SshMachine
let helper: TestHelper

const used = useEditor(async () => {
  machine = stack.use(await makeSshMachine({ accounts: [{ name: 'ops', uid: 70_701, sudo: 'ALL=(ALL) NOPASSWD: ALL' }] }))
  helper = stack.use(await startHelper())
  await makeSite(helper)
  const HOME = writeSshConfig(machine, { user: 'ops' })
  return { env: { HOME, POCKER_HOST: `unix://${helper.socket}` } }
})
after(async () => await stack.disposeAsync())
const { inEditor } = used
const skip = whyNoSshMachine() ?? whyNoHelper() ?? used.skip

const pocker = async (...words: string[]) => {
  const { stdout, stderr, code } = await machine.run(['/bin/sh', '-c', 'exec /usr/local/lib/pocker/*/pocker "$@"', 'sh', ...words])
  assert.equal(code, 0, stderr)
  return stdout.trim()
}

/** The container and the moment it was started. */
const startOf = async (name: string) => await pocker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', name)

test(
  'an image of this machine is copied to the host',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await vscode.untilRow('Hosts', 'this machine')
    await vscode.pressTitleButton('Hosts', 'Add Host…')
    await vscode.choose('box')
    await vscode.untilRow('Hosts', 'box', ({ description }) => /^ssh · (\d+ ms · )?Pocker \d/.test(description))
    await vscode.untilRow('Images', 'site:1')
    // What comes draws the rows anew, and a menu that is open by then does not know its row any more.
    await vscode.untilTrue(
      'what is on both hosts',
      async () => (await vscode.rows('Images')).filter(({ label }) => label === 'host').length === 2,
    )
    assert.equal(await pocker('images', '-q', 'site'), '')
    await vscode.menu('Images', 'site:1')
    await vscode.chooseFromMenu('Copy Image to Host…')
    await vscode.untilTrue('the image there', async () => (await pocker('images', '-q', 'site')) !== '')
    await vscode.untilTrue(
      'a row for each host',
      async () => (await vscode.rows('Images')).filter(({ label }) => label === 'site:1').length === 2,
    )
    await vscode.screenshot('ssh-copied')
  }),
)

test(
  'a port that a container publishes there is opened here, through the connection',
  { skip },
  inEditor(async ({ vscode }) => {
    await pocker('run', '-d', '--name', 'far-site', '-p', '8088:80', 'site:1')
    await vscode.untilRow(VIEW, 'far-site', ({ description }) => description.includes('8088→80'))
    const coming = vscode.page.context().waitForEvent('page')
    await vscode.pressRowButton(VIEW, 'far-site', 'Open in Browser')
    const page = await coming
    // It is empty at first.
    await page.waitForURL(/^http/)
    assert.equal(await page.title(), TITLE)
    assert.match(page.url(), /^http:\/\/127\.0\.0\.1:\d+\/$/)
    await page.close()
    await vscode.screenshot('ssh-port')
  }),
)

test(
  'a helper that is killed there comes back by itself, over the connection that is there, and its containers go on',
  { skip },
  inEditor(async ({ vscode }) => {
    const logins = () => machine.log().match(/Accepted /g)?.length
    const [before, container] = [logins(), await startOf('far-site')]
    assert.equal(machine.kill('helper'), 1)
    await vscode.untilRow('Hosts', 'box', ({ description }) => !/Pocker \d/.test(description))
    await vscode.untilRow('Hosts', 'box', ({ description }) => /^ssh · (\d+ ms · )?Pocker \d/.test(description))
    await vscode.untilRow(VIEW, 'far-site', ({ description }) => description.includes('8088→80'))
    assert.equal(await startOf('far-site'), container)
    assert.equal(logins(), before)
  }),
)

test(
  'Pocker is removed from the host, and leaves nothing',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.menu('Hosts', 'box')
    await vscode.chooseFromMenu('Remove Pocker from Host…')
    assert.equal((await vscode.dialog()).message, 'Remove Pocker from box, with all its containers and images there?')
    await vscode.screenshot('ssh-remove')
    await vscode.answerDialog('Remove Everything')
    await vscode.untilRows('Hosts', ['this machine'])
    const { stdout } = await machine.run([
      '/usr/bin/find',
      '/usr/local/lib',
      '/opt',
      '/var/lib',
      '/run',
      '/home',
      '/tmp',
      '-iname',
      '*pocker*',
    ])
    assert.equal(stdout, '')
    const { stdout: mounts } = await machine.run(['/bin/grep', '-cE', '/(var/lib|run)/pocker', '/proc/self/mountinfo'])
    assert.equal(mounts, '0\n')
    const { stdout: devices } = await machine.run(['/bin/ls', '/sys/class/net'])
    assert.doesNotMatch(devices, /pocker/)
    await vscode.untilRow('Images', 'site:1')
  }),
)
