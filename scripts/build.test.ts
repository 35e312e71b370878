import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { payloadList } from '../helper/api/bootstrap.ts'
import { buildPocker } from './build.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pocker-build-')))
const out = join(folder, 'dist')
const program = join(out, 'pocker')
const parts = { main: join(folder, 'source/entry.ts'), lazy: join(folder, 'source/lazy.ts') }

/** A program in place of the real one: says what the launcher has made of its surroundings. */
const entry = `
import { DatabaseSync } from 'node:sqlite'
new DatabaseSync(':memory:').close()
const lazy = await import('./lazy.ts')
console.log(JSON.stringify({ args: process.argv.slice(2), env: process.env, versions: process.version, pointer: lazy.pointerSize }))
`
const lazy = `import koffi from 'koffi'; export const pointerSize = koffi.sizeof('void *')`

before(async () => {
  mkdirSync(join(folder, 'source'))
  writeFileSync(join(folder, 'source/entry.ts'), entry)
  writeFileSync(join(folder, 'source/lazy.ts'), lazy)
  await buildPocker({ parts, out })
})

after(() => {
  rmSync(folder, { recursive: true })
})

interface Said {
  readonly args: string[]
  readonly env: Record<string, string>
  readonly versions: string
  readonly pointer: number
}

function ask(command: string, args: readonly string[], env: Record<string, string>, cwd = '/'): Said {
  const result = spawnSync(command, [...args], { env, cwd, encoding: 'utf8' })
  assert.equal(result.stderr, '')
  return JSON.parse(result.stdout)
}

test('the built program runs on its own Node, loads koffi from beside itself and warns of nothing', () => {
  const said = ask(program, ['ps', '-a', 'two words'], { PATH: '/usr/bin:/bin' })
  assert.deepEqual(said.args, ['ps', '-a', 'two words'])
  assert.match(said.versions, /^v24\./)
  assert.equal(said.pointer, 8)
})

test('the program is found through relative and absolute links, PATH and a relative name', () => {
  mkdirSync(join(folder, 'bin'))
  symlinkSync('../dist/pocker', join(folder, 'bin/relative'))
  symlinkSync(join(folder, 'bin/relative'), join(folder, 'bin/absolute'))
  const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` }
  assert.deepEqual(ask('absolute', ['1'], env).args, ['1'])
  assert.deepEqual(ask('./bin/relative', ['2'], env, folder).args, ['2'])
  assert.deepEqual(ask('/bin/sh', ['pocker', '3'], env, out).args, ['3'])
})

test('variables that put code into Node do not reach it', () => {
  const marker = join(folder, 'marker')
  const script = join(folder, 'marker.cjs')
  writeFileSync(script, `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '')`)
  const hostile = {
    PATH: '/usr/bin:/bin',
    NODE_OPTIONS: `--require ${script}`,
    NODE_PATH: folder,
    NODE_EXTRA_CA_CERTS: script,
    NODE_V8_COVERAGE: folder,
    LD_LIBRARY_PATH: folder,
    BASH_ENV: script,
    ENV: script,
    ELECTRON_RUN_AS_NODE: '1',
    HTTPS_PROXY: 'http://127.0.0.1:1',
    DOCKER_HOST: 'unix:///x',
  }
  const command = ask(program, ['ps'], hostile)
  const helper = ask(program, ['helper'], hostile)
  assert.equal(existsSync(marker), false)
  assert.deepEqual(
    Object.keys(command.env).filter((name) => /^(NODE|LD|BASH|ENV|ELECTRON)/.test(name)),
    [],
  )
  assert.equal(command.env.DOCKER_HOST, 'unix:///x')
  // Proxies are not code: whoever starts the helper is root, and needs them to pull.
  assert.deepEqual(Object.keys(helper.env).toSorted(), ['HOME', 'HTTPS_PROXY', 'LANG', 'MALLOC_ARENA_MAX', 'PATH'])
})

test('the manifest has the hash of every file, and of nothing else', () => {
  const { files }: { files: Record<string, string> } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))
  const there = readdirSync(out, { withFileTypes: true }).filter((entry) => entry.isFile() && entry.name !== 'manifest.json')
  assert.deepEqual(Object.keys(files), there.map(({ name }) => name).toSorted())
  const listed = execFileSync('sha256sum', Object.keys(files), { cwd: out, encoding: 'utf8' })
  assert.equal(listed.trim(), payloadList(files))
})

test('a second build leaves no file of the first behind', async () => {
  writeFileSync(join(out, 'chunk-old-ABC.mjs'), '')
  await buildPocker({ parts, out })
  assert.equal(existsSync(join(out, 'chunk-old-ABC.mjs')), false)
  assert.deepEqual(ask(program, ['x'], {}).args, ['x'])
})

test('the launcher is plain POSIX sh', () => {
  assert.match(readFileSync(program, 'utf8'), /^#!\/bin\/sh\n/)
  execFileSync('/bin/sh', ['-n', program])
})
