import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startHelper } from './start-helper.ts'
import type { Target } from './target.ts'

/** A target in a folder of its own, and a program there that stands for the helper. */
function sandbox(program: string): Disposable & { target: Target; program: string; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-start-'))
  const runRoot = join(folder, 'run')
  writeFileSync(join(folder, 'helper.mjs'), program)
  return {
    folder,
    program: join(folder, 'helper.mjs'),
    target: { socket: join(runRoot, 'p.sock'), foreign: false, dataRoot: join(folder, 'data'), runRoot },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

// It tells what it was given to the first who asks, and leaves.
const LISTENS = `
import { createServer } from 'node:net'
import { writeFileSync } from 'node:fs'
const { argv, env, pid } = process
const value = (name) => argv[argv.indexOf(name) + 1]
writeFileSync(value('--run-root') + '/told', JSON.stringify({ args: argv.slice(2), env: Object.keys(env).sort(), cwd: process.cwd() }))
createServer((socket) => process.exit()).listen(value('--socket'))
`

test('a helper is started apart, with nothing of the environment but what it needs', async () => {
  using box = sandbox(LISTENS)
  const { target } = box
  await startHelper(target, { PATH: '/bin', HOME: '/root', LANG: 'C', NODE_OPTIONS: '--frob', LD_PRELOAD: '/x.so' }, box.program)
  const told = JSON.parse(readFileSync(join(target.runRoot, 'told'), 'utf8'))
  assert.deepEqual(told.args, [
    'helper',
    '--apart',
    ...['--data-root', target.dataRoot],
    ...['--run-root', target.runRoot],
    ...['--socket', target.socket],
    ...['--idle-timeout', '600'],
  ])
  assert.deepEqual([told.env, told.cwd], [['HOME', 'LANG', 'PATH'], '/'])
  assert.equal(statSync(target.runRoot).mode & 0o777, 0o700)
  assert.equal(statSync(join(target.runRoot, 'helper.log')).mode & 0o777, 0o600)
})

test('a helper that cannot start is told by its last words', async () => {
  using box = sandbox("console.error('first'); console.error('no room here'); process.exit(3)")
  await assert.rejects(startHelper(box.target, {}, box.program), { code: 'helper-failed', message: 'start the helper: no room here' })
})

test('a run root that others can write to is not used', async () => {
  using box = sandbox(LISTENS)
  chmodSync(box.folder, 0o777)
  const target = { ...box.target, runRoot: box.folder }
  await assert.rejects(startHelper(target, {}, box.program), { code: 'unsafe-run-root' })
})

test('a helper that leaves because another has the data waits for that one, which is slow', async () => {
  using box = sandbox(`
import { spawn } from 'node:child_process'
spawn(process.execPath, [import.meta.dirname + '/other.mjs', ...process.argv.slice(2)], { detached: true, stdio: 'ignore' }).unref()
process.exit(75)
`)
  writeFileSync(join(box.folder, 'other.mjs'), `await new Promise((resolve) => setTimeout(resolve, 1500))\n${LISTENS}`)
  await startHelper(box.target, {}, box.program)
})
