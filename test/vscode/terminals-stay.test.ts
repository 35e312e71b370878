/** Terminals that are there again in a window that was loaded anew, that were left, or that need no shell of the image. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Editor } from './support/editor.ts'
import { type Stored, untilStored } from './support/stored.ts'
import { untilTrue } from './support/until.ts'
import { useContainers } from './support/use-containers.ts'
import type { Vscode } from './support/vscode.ts'

const { skip, inEditor, engine } = useContainers({ settings: { 'terminal.integrated.tabs.enabled': true } })

test(
  'who looks at no terminal and no container has no extension that runs',
  { skip },
  inEditor(async (editor) => {
    // A click on what VS Code is just opening by itself would close it.
    await editor.vscode.page.getByRole('tab', { name: /^Explorer/, selected: true }).waitFor()
    assert.deepEqual(activations(editor), [])
  }),
)

test(
  'an image without a shell has a toolbox, with the container’s files in it',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await vscode.pressRowButton('Containers', 'bare', 'Open Terminal')
    await vscode.untilNotification('This image has no shell.')
    await vscode.screenshot('no-shell')
    await vscode.pressNotification('This image has no shell.', 'Open a Toolbox Shell')
    await vscode.untilTerminalText(/:\/container# ?$/)
    await vscode.typeInTerminal('ls -d /container/probe /usr/bin/env\n')
    await vscode.untilTerminalText(/\/container\/probe\s+\/usr\/bin\/env/)
    assert.deepEqual(await namesOf(vscode), ['bare · toolbox'])
    await close(vscode)
  }),
)

test(
  'the + menu opens a terminal in a container that is chosen; who chooses none gets none, and no message',
  { skip },
  inEditor(async ({ vscode }) => {
    const profile = ' Pocker Container…'
    await vscode.runCommand('Create New Terminal (With Profile)')
    await vscode.choose(profile)
    await vscode.untilQuickInput('the containers', ({ rows }) => rows.length === 3)
    await vscode.leaveQuickInput()
    await vscode.runCommand('Create New Terminal (With Profile)')
    await vscode.choose(profile)
    await vscode.choose('box')
    await vscode.untilTerminalText(/^\/ # ?$/m)
    assert.deepEqual(await namesOf(vscode), ['box · sh'])
    assert.deepEqual(await vscode.notifications(), [])
    await close(vscode)
  }),
)

test(
  'a terminal that is closed ends what ran in it; one that is left is there again for who asks for one',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.pressRowButton('Containers', 'box', 'Open Terminal')
    await vscode.untilTerminalText(/^\/ # ?$/m)
    await untilTrue('a shell in the container', async () => (await shellsIn('box')) === 2)
    await close(vscode)
    await untilTrue('no shell in the container', async () => (await shellsIn('box')) === 1)
    await vscode.pressRowButton('Containers', 'box', 'Open Terminal')
    await vscode.untilTerminalText(/^\/ # ?$/m)
    await vscode.typeInTerminal('MARK=kept\n')
    await vscode.runCommand('Pocker: Leave Terminal Running')
    await untilTrue('no terminal', async () => (await namesOf(vscode)).length === 0)
    await vscode.pressRowButton('Containers', 'box', 'Open Terminal')
    await vscode.untilTerminalText('MARK=kept')
    await vscode.typeInTerminal('echo it was $MARK\n')
    await vscode.untilTerminalText('it was kept')
    assert.equal(await shellsIn('box'), 2)
    await close(vscode)
  }),
)

test(
  'after a reload the same shells are there, in their order, with what they had shown',
  { skip },
  inEditor(async (editor) => {
    const { vscode } = editor
    await vscode.pressRowButton('Containers', 'web', 'Open Terminal')
    await vscode.untilTerminalText('#')
    await vscode.typeInTerminal('MARK=$((40 + 2)); clear\n')
    await vscode.runCommand('Pocker: Attach to Main Process')
    await vscode.choose('box')
    await vscode.untilTerminalText('/ #')
    await vscode.typeInTerminal('echo of the m""ain one\n')
    await vscode.untilTerminalText('of the main one')
    await chooseTerminal(vscode, 'web')
    await vscode.untilTerminalText('root@')
    await untilStored(vscode, 'web as the active one of two terminals', (all) => all.some(isRemembered))
    await editor.reload()
    await vscode.openSideBar('Pocker')
    await untilBothAreThere(vscode)
    await vscode.untilTerminalText('root@')
    await vscode.screenshot('terminals-again')
    await vscode.typeInTerminal('echo the mark is $MARK\n')
    await vscode.untilTerminalText('the mark is 42')
    await chooseTerminal(vscode, 'box')
    await vscode.untilTerminalText('of the main one')
  }),
)

test(
  'a window that shows no containers and no terminals runs nothing; when a terminal is looked for, they are there',
  { skip },
  inEditor(async (editor) => {
    const { vscode } = editor
    await vscode.openSideBar('Explorer')
    // The Explorer is the one that there is unless another is stored.
    await untilStored(vscode, 'no other side bar', (all) => all.every(({ key }) => key !== 'workbench.sidebar.activeviewletid'))
    const before = activations(editor).length
    await editor.reload()
    await vscode.openSideBar('Search')
    assert.deepEqual(activations(editor).slice(before), [])
    await vscode.runCommand('Terminal: Create New Terminal')
    await untilBothAreThere(vscode)
    await untilTrue(
      'the activation in the log',
      async () => /onTerminal:\*/.test(activations(editor).at(-1) ?? ''),
      async () => activations(editor),
    )
    await chooseTerminal(vscode, 'web')
    await vscode.untilTerminalText('root@')
    await vscode.typeInTerminal('echo still $MARK\n')
    await vscode.untilTerminalText('still 42')
  }),
)

async function untilBothAreThere(vscode: Vscode): Promise<void> {
  const names = async () => (await namesOf(vscode)).filter((name) => name !== 'bash')
  await untilTrue('both terminals', async () => (await names()).join() === 'web · bash,box', names)
}

async function chooseTerminal(vscode: Vscode, container: string): Promise<void> {
  await vscode.page.locator('.tabs-list .terminal-tabs-entry', { hasText: container }).click()
}

/** Why the extension was activated, each time. */
function activations({ profile }: Editor): string[] {
  return globSync('user/logs/*/exthost*/remoteexthost.log', { cwd: profile })
    .sort()
    .flatMap((name) => readFileSync(join(profile, name), 'utf8').split('\n'))
    .filter((line) => line.includes('doActivateExtension pocker.pocker'))
}

async function namesOf(vscode: Vscode): Promise<string[]> {
  return (await vscode.terminalNames()).map((name) => name.trim())
}

async function close(vscode: Vscode): Promise<void> {
  await vscode.runCommand('Terminal: Kill the Active Terminal Instance')
  await untilTrue('no terminal', async () => (await namesOf(vscode)).length === 0)
}

async function shellsIn(container: string): Promise<number> {
  const { stdout } = await engine().pocker('top', container)
  return stdout.split('\n').filter((line) => /\bsh$/.test(line)).length
}

/** What is remembered of the active terminal is written when it has been so for half a second. */
function isRemembered({ value }: Stored): boolean {
  if (!value.includes('"pocker.terminals.active"')) return false
  const kept: { 'pocker.terminals': { key: string; container: string }[]; 'pocker.terminals.active': string } = JSON.parse(value)
  const terminals = kept['pocker.terminals']
  const active = terminals.find(({ key }) => key === kept['pocker.terminals.active'])
  return active?.container === 'web' && terminals.length === 2
}
