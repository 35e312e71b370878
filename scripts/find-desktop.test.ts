import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { findDesktop } from './find-desktop.ts'

/** Programs that say a version, and where they are. */
function programs(context: TestContext, versions: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-desktop-'))
  context.after(() => rmSync(folder, { recursive: true }))
  for (const [name, version] of Object.entries(versions)) {
    writeFileSync(join(folder, name), `#!/bin/sh\nprintf '%s\\n' '${version}' abcdef x64\n`, { mode: 0o755 })
  }
  return folder
}

test('a user with a screen gets the first VS Code that is new enough', async (context) => {
  const PATH = programs(context, { code: '1.105.9', codium: '1.106.0' })
  assert.equal(await findDesktop({ env: { PATH, DISPLAY: ':0' }, isRoot: false }), 'codium')
  assert.equal(await findDesktop({ env: { PATH, WAYLAND_DISPLAY: 'wayland-0' }, isRoot: false }), 'codium')
})

test('there is none without a screen, for root, or where nothing is installed', async (context) => {
  const PATH = programs(context, { code: '2.0.0' })
  assert.equal(await findDesktop({ env: { PATH }, isRoot: false }), undefined)
  assert.equal(await findDesktop({ env: { PATH, DISPLAY: '' }, isRoot: false }), undefined)
  assert.equal(await findDesktop({ env: { PATH, DISPLAY: ':0' }, isRoot: true }), undefined)
  assert.equal(await findDesktop({ env: { PATH: '/nowhere', DISPLAY: ':0' }, isRoot: false }), undefined)
})

test('in a terminal of VS Code its command is found, whoever the user is', async (context) => {
  const PATH = programs(context, { code: '1.139.1' })
  assert.equal(await findDesktop({ env: { PATH, VSCODE_IPC_HOOK_CLI: '/run/x.sock' }, isRoot: true }), 'code')
})

test('a program of that name that is no VS Code is not taken', async (context) => {
  const PATH = programs(context, { code: 'code, the compiler of codes' })
  assert.equal(await findDesktop({ env: { PATH, DISPLAY: ':0' }, isRoot: false }), undefined)
})
