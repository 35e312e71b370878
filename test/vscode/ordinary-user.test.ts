import assert from 'node:assert/strict'
import { test } from 'node:test'
import { useEditor } from './support/use-editor.ts'

const { skip, inEditor } = useEditor({ user: { uid: 54321, gid: 54321 } })

test(
  'the editor of an ordinary user has no rights of root, and shows the view',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await vscode.untilWelcome('Containers', /Start Pocker/)
    await vscode.runCommand('Terminal: Create New Terminal')
    await vscode.untilTerminalText('$')
    await vscode.typeInTerminal('echo $(id -u):$(id -G) $(grep CapEff /proc/self/status) && touch here && stat -c %u here && ls /root\n')
    const text = await vscode.untilTerminalText(/cannot open|Permission denied/)
    assert.match(text, /^54321:54321 CapEff: 0000000000000000\n54321$/m)
  }),
)
