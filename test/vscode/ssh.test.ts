/** A Linux machine over SSH in the views: added, asked for, used like this one, lost and found again. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { writeSshConfig } from '../support/ssh-client.ts'
import { makeSshMachine, type SshMachine, whyNoSshMachine } from '../support/ssh-machine.ts'
import { useEditor } from './support/use-editor.ts'

const PASSWORD = 'open sesame'
const VIEW = 'Containers'
const stack = new AsyncDisposableStack()
let machine: SshMachine

const used = useEditor(async () => {
  machine = stack.use(await makeSshMachine({ accounts: [{ name: 'dev', uid: 70_202, sudo: 'ALL=(ALL) ALL' }], password: PASSWORD }))
  // A link that is cut is found out in seconds.
  const home = writeSshConfig(machine, { user: 'dev', known: false, lines: '  ServerAliveInterval 1\n  ConnectTimeout 2' })
  return { env: { HOME: home } }
})
after(async () => await stack.disposeAsync())
const { inEditor } = used
const skip = whyNoSshMachine() ?? used.skip

const pocker = async (...words: string[]) => {
  const { stdout, stderr } = await machine.run(['/bin/sh', '-c', 'exec /usr/local/lib/pocker/*/pocker "$@"', 'sh', ...words])
  return stdout.trim() || stderr
}

test(
  'a host of the SSH configuration is added, its key accepted, and Pocker brought there with a password for sudo',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    await vscode.openSideBar('Pocker')
    await vscode.untilRow('Hosts', 'this machine')
    await vscode.pressTitleButton('Hosts', 'Add Host…')
    await vscode.untilQuickInput('the hosts', ({ rows }) => rows.some(({ label }) => label === 'box'))
    await vscode.screenshot('ssh-add')
    await vscode.choose('box')
    const { message, detail } = await vscode.dialog()
    assert.match(message, /^The key of \[127\.0\.0\.1\]:\d+ is not known yet\.$/)
    assert.match(detail, /^SHA256:\S+ \(ssh-ed25519\)\n/)
    await vscode.screenshot('ssh-key')
    await vscode.answerDialog('Trust and Connect')
    await vscode.untilQuickInput('the password', ({ title }) => title === 'Connect to box')
    await vscode.screenshot('ssh-sudo')
    await vscode.answer(PASSWORD)
    // The page asks its server for a key to encrypt secrets with, which only some servers have: then they last as long as the page.
    troubles.expect(/mint-key|Method Not Allowed/)
    // It is there for ten seconds.
    await vscode.pressNotification('Keep the password of box', 'Keep')
    await vscode.untilRow('Hosts', 'box', ({ description }) => /^ssh · \d+ ms · Pocker \d/.test(description))
    await vscode.untilWelcome(VIEW, /^Nothing is running here\./)
    await vscode.untilRow('Images', 'host', ({ description }) => description.startsWith('box’s /usr'))
    await vscode.screenshot('ssh-ready')
  }),
)

test(
  'a container is run there from the view, and its terminal answers',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.click('Images', 'host')
    const { rows } = await vscode.untilQuickInput('the review', ({ rows: all }) => all.some(({ label }) => label === 'Run host'))
    assert.equal(
      rows.some(({ label, description = '' }) => label === 'Workspace' && description.startsWith('mounted')),
      false,
    )
    await vscode.choose('Name')
    await vscode.untilQuickInput('the question for its name', ({ title }) => title === 'Name')
    await vscode.answer('far')
    await vscode.untilQuickInput('the review again', ({ title }) => title.startsWith('Ready to run'))
    await vscode.choose('Run host')
    await vscode.untilRow(VIEW, 'far', ({ icon }) => icon === 'circle-large-filled')
    await vscode.untilTerminalText(/# ?$/)
    await vscode.typeInTerminal('clear; echo to""gether; mkdir /made; echo one > /made/a.txt\n')
    await vscode.untilTerminalText('together')
    assert.match(await pocker('ps', '--format', '{{.Names}} {{.Image}}'), /^far host/)
    await vscode.screenshot('ssh-terminal')
  }),
)

test(
  'a file of it is edited here',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.expand(VIEW, 'far')
    await vscode.expand(VIEW, 'Files')
    await vscode.expand(VIEW, 'made')
    await vscode.doubleClick(VIEW, 'a.txt')
    await vscode.untilEditorText('one')
    await vscode.typeInEditor('two ')
    await vscode.runCommand('File: Save')
    await vscode.untilTrue('the file there', async () => (await pocker('exec', 'far', 'cat', '/made/a.txt')).includes('two'))
    await vscode.screenshot('ssh-file')
  }),
)

test(
  'when the link is cut the view says so, the container goes on, and all comes back by itself',
  { skip },
  inEditor(async ({ vscode, troubles }) => {
    troubles.expect(/connection|box/i)
    await vscode.runCommand('Terminal: Focus Terminal')
    await vscode.typeInTerminal('clear; i=0; while sleep 0.2; do i=$((i+1)); echo $i > /made/count; done & echo co""unting\n')
    await vscode.untilTerminalText('counting')
    machine.link.cut()
    await vscode.untilRow('Hosts', 'box', ({ description }) => /unreachable/.test(description))
    await vscode.untilRow(VIEW, 'far')
    await vscode.screenshot('ssh-cut')
    // The file is empty for a moment each time.
    const count = async () => Number(await pocker('exec', 'far', 'cat', '/made/count'))
    const before = await count()
    await machine.link.restore()
    await vscode.untilRow('Hosts', 'box', ({ description }) => /^ssh · (\d+ ms · )?Pocker \d/.test(description))
    await vscode.untilTrue('the container to have gone on', async () => (await count()) > before)
    await vscode.typeInTerminal('\nclear; echo still"" here\n')
    await vscode.untilTerminalText('still here')
    await vscode.screenshot('ssh-again')
  }),
)

test(
  'a host that is forgotten is gone here, and its containers go on there',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.menu('Hosts', 'box')
    await vscode.chooseFromMenu('Forget Host…')
    assert.equal((await vscode.dialog()).message, 'Forget box?')
    await vscode.answerDialog('Forget Host')
    await vscode.untilRows('Hosts', ['this machine'])
  }),
)
