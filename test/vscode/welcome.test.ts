import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runChecked } from '../support/run.ts'
import { useEditor } from './support/use-editor.ts'

const { skip, inEditor } = useEditor()

test(
  'the packaged extension shows its view with a welcome text',
  { skip },
  inEditor(async ({ vscode }) => {
    await vscode.openSideBar('Pocker')
    await vscode.untilWelcome('Containers', /^Pocker needs to be started on this machine\. .*\nStart Pocker\n/)
    await vscode.screenshot('welcome')
  }),
)

test(
  'the helper in the installed extension is whole and can be run',
  { skip },
  inEditor(async ({ profile }) => {
    const [folder = ''] = globSync('extensions/pocker.pocker-*/dist/helper/*', { cwd: profile }).map((path) => join(profile, path))
    const manifest: { version: string; files: Record<string, string> } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
    for (const [name, hash] of Object.entries(manifest.files)) {
      assert.equal(
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
        hash,
        name,
      )
    }
    const version = await runChecked(join(folder, 'pocker'), ['--version'])
    assert.equal(version.trim(), `Pocker version ${manifest.version}`)
  }),
)
