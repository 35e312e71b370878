/** `npm start` on a machine without a display: an editor in the browser, for whoever has its address and nobody else. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { chromium } from 'playwright-core'
import { makeTemporaryFolder } from '../support/folders.ts'
import { browserOptions, whyNoEditor } from './support/editor.ts'
import { PATIENCE } from './support/until.ts'
import { vscodeOf } from './support/vscode.ts'

const root = join(import.meta.dirname, '../..')
const skip = whyNoEditor() ?? false
const STARTING = 120_000
const LOADING = 60_000

test('npm start opens an editor with Pocker that nobody else can use, and ends it by Ctrl+C', { skip }, async () => {
  await using folder = makeTemporaryFolder('start')
  const { DISPLAY: _d, WAYLAND_DISPLAY: _w, VSCODE_IPC_HOOK_CLI: _i, ...env } = process.env
  const workspace = join(folder.path, 'workspace')
  mkdirSync(workspace)
  const child = spawn('npm', ['start', '--', workspace], {
    cwd: root,
    env: {
      ...env,
      XDG_STATE_HOME: folder.path,
      TMPDIR: folder.path,
      XDG_RUNTIME_DIR: folder.path,
      POCKER_HOST: `unix://${folder.path}/none`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const exit = once(child, 'exit')
  let said = ''
  const { promise: addressSaid, resolve } = Promise.withResolvers<string | undefined>()
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    const found = /^ {2}(http:\S+)\n/m.exec(said)?.[1]
    if (found !== undefined) resolve(found)
  })
  // It looks at all that is packaged, builds it where it is older than its sources, and installs it.
  const timer = setTimeout(() => resolve(undefined), STARTING)
  try {
    const address = await Promise.race([addressSaid, exit.then(() => undefined)])
    assert.ok(address !== undefined, said)
    const url = new URL(address)
    const port = Number(url.port)

    assert.deepEqual(listeners(port), ['0100007F'])
    assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 403)
    assert.equal((await fetch(`http://127.0.0.1:${port}/?tkn=wrong`)).status, 403)
    assert.equal(statSync(join(folder.path, 'pocker-editor')).mode & 0o077, 0)
    const token = url.searchParams.get('tkn') ?? ''
    assert.match(token, /^[0-9a-f]{48}$/)
    assert.deepEqual(commandLinesWith(token), [])

    const browser = await chromium.launch(browserOptions)
    try {
      const vscode = vscodeOf(await browser.newPage())
      vscode.page.setDefaultTimeout(PATIENCE)
      await vscode.page.goto(address, { timeout: LOADING })
      await vscode.openSideBar('Pocker')
      await vscode.untilWelcome('Containers', /Start Pocker/)
      const cookies = await vscode.page.context().cookies()
      assert.deepEqual([...new Set(cookies.map(({ domain }) => domain))], ['pocker.localhost'])
      await vscode.screenshot('npm-start')
    } finally {
      await browser.close()
    }
    // To the whole group, as a terminal does.
    process.kill(-(child.pid ?? 0), 'SIGINT')
    await exit
    assert.deepEqual(listeners(port), [])
  } finally {
    clearTimeout(timer)
    if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), 'SIGTERM')
    await exit
  }
})

/** Local addresses, as in /proc/net/tcp, where somebody listens on the port. */
function listeners(port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/net/${name}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => local?.endsWith(`:${wanted}`) === true && state === '0A')
      .map(([, local = '']) => local.slice(0, local.indexOf(':'))),
  )
}

function commandLinesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readCommandLine)
    .filter((line) => line.includes(text))
}

function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    // Ended meanwhile.
    return ''
  }
}
