import assert from 'node:assert/strict'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { localKey, localName, type Platform } from './local-names.ts'
import { localSource } from './local-source.ts'
import { localTarget } from './local-target.ts'
import { entry, file, folder, link } from './memory.fixture.ts'
import { type Decision, planTransfer } from './plan.ts'
import { runSteps } from './run-steps.ts'
import type { SourceEntry } from './source.ts'
import { stepsOf } from './steps.ts'

const { signal } = new AbortController()

function folders(t: TestContext) {
  const outer = mkdtempSync(join(tmpdir(), 'pocker-download-'))
  t.after(() => rmSync(outer, { recursive: true }))
  const chosen = join(outer, 'chosen')
  mkdirSync(chosen)
  writeFileSync(join(outer, 'precious'), 'mine')
  return { outer, chosen }
}

async function download(chosen: string, sources: readonly SourceEntry[], decision: Decision = 'replace') {
  const target = localTarget(chosen, 'linux')
  const plan = await planTransfer({ sources, target, folder: chosen, signal })
  const steps = stepsOf(plan, { target, folder: chosen, decision })
  return { plan, outcome: await runSteps(steps, { target, signal, report: () => {} }) }
}

/** All there is, with the content of files and the texts of links. */
function tree(at: string): unknown {
  const stat = lstatSync(at)
  if (stat.isSymbolicLink()) return `-> ${readlinkSync(at)}`
  return stat.isDirectory() ? Object.fromEntries(readdirSync(at).map((name) => [name, tree(join(at, name))])) : readFileSync(at, 'utf8')
}

test('names that lead elsewhere are written nowhere', async (t) => {
  const { outer, chosen } = folders(t)
  const names = ['..', '.', '', '../precious', '/etc/x', 'a/b', 'a\0b', '..\0', '../../x']
  const { plan } = await download(chosen, [
    ...names.map((name) => file(name, 'evil')),
    folder('..', file('precious', 'evil')),
    file('ok', '1'),
  ])
  assert.deepEqual(tree(outer), { precious: 'mine', chosen: { ok: '1' } })
  assert.equal(plan.leftOut.length, names.length + 1)
})

test('no file is written through a link that came with the same copy, in whatever order', async (t) => {
  const { outer, chosen } = folders(t)
  // One engine's answer may say anything, also that a name is a link and a folder.
  const evil = folder('a', link('b', '../..'), folder('b', file('precious', 'evil')), link('c', 'd'), file('c', 'evil'))
  await download(chosen, [evil, link('precious', '../precious'), file('precious', 'evil')])
  assert.equal(readFileSync(join(outer, 'precious'), 'utf8'), 'mine')
  assert.deepEqual(tree(chosen), { a: { b: { precious: 'evil' }, 'c copy': 'evil', c: '-> d' }, precious: 'evil' })
})

test('a link that an earlier copy has made is not followed by the next one', async (t) => {
  const { outer, chosen } = folders(t)
  mkdirSync(join(outer, 'other'))
  symlinkSync('../other', join(chosen, 'a'))
  symlinkSync('../precious', join(chosen, 'b'))
  const sources = [folder('a', file('x', 'evil')), file('b', 'evil')]
  for (const decision of ['replace', 'skip'] as const) await download(chosen, sources, decision)
  assert.deepEqual(tree(outer), { precious: 'mine', other: {}, chosen: { a: '-> ../other', b: '-> ../precious' } })
})

test('a link that comes to lie where a file was to be replaced is replaced itself', async (t) => {
  const { outer, chosen } = folders(t)
  writeFileSync(join(chosen, 'b'), 'old')
  const swap = async () => {
    rmSync(join(chosen, 'b'))
    symlinkSync('../precious', join(chosen, 'b'))
    return Readable.from([Buffer.from('new')])
  }
  await download(chosen, [file('b', '', { content: swap })])
  assert.deepEqual(tree(outer), { precious: 'mine', chosen: { b: 'new' } })
})

test('a link that comes to lie where a new file is to be is not written through', async (t) => {
  const { outer, chosen } = folders(t)
  const swap = async () => {
    symlinkSync('../precious', join(chosen, 'b'))
    return Readable.from([Buffer.from('evil')])
  }
  const { outcome } = await download(chosen, [file('b', '', { content: swap })])
  assert.equal(outcome.failed.length, 1)
  assert.equal(readFileSync(join(outer, 'precious'), 'utf8'), 'mine')
})

test('a target that is not in the folder is refused', async (t) => {
  const { chosen } = folders(t)
  const target = localTarget(chosen, 'linux')
  for (const name of ['..', '../x', '/../..']) assert.throws(() => target.join(chosen, name))
})

test('links within what is copied are made, those that lead elsewhere are not', async (t) => {
  const { chosen } = folders(t)
  const links = [link('up', '../../precious'), link('absolute', '/etc/passwd'), link('in', './x'), link('beside', '../ok')]
  const { plan } = await download(chosen, [folder('a', file('x', '1'), ...links), link('top', 'a')])
  assert.deepEqual(tree(chosen), { a: { x: '1', in: '-> ./x' }, top: '-> a' })
  assert.equal(plan.leftOut.length, 3)
})

test('programs stay programs, and nothing more than that comes along of a mode', async (t) => {
  const { chosen } = folders(t)
  await download(chosen, [file('a', '', { mode: 0o4777 }), file('b', '', { mode: 0o000 }), file('c', '', { mode: 0o666, modified: 5000 })])
  const mode = (name: string) => (statSync(join(chosen, name)).mode & 0o7777).toString(8)
  assert.deepEqual(['a', 'b', 'c'].map(mode), ['755', '644', '644'])
  assert.equal(statSync(join(chosen, 'c')).mtimeMs, 5000)
})

test('a file that breaks off leaves nothing, and what it was to replace', async (t) => {
  const { chosen } = folders(t)
  writeFileSync(join(chosen, 'a'), 'old')
  const breaking = async () =>
    Readable.from(
      (async function* () {
        yield Buffer.from('half')
        throw Object.assign(new Error('x'), { code: 'no-such-file' })
      })(),
    )
  const { outcome } = await download(chosen, [file('a', '', { content: breaking }), file('b', '', { content: breaking })])
  assert.equal(outcome.failed.length, 2)
  assert.deepEqual(tree(chosen), { a: 'old' })
})

test('special files are left out, and what is there of one is no place to write to', async (t) => {
  const { chosen } = folders(t)
  const { plan } = await download(chosen, [entry('dev', 'other')])
  assert.deepEqual(tree(chosen), {})
  assert.deepEqual(plan.leftOut, [{ path: 'dev', why: 'special' }])
})

test('any name becomes one that is a single file of the folder, or none', () => {
  const platforms: readonly Platform[] = ['linux', 'darwin', 'win32']
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom(...platforms), (name, platform) => {
      const local = localName(name, platform)
      if (local === undefined) return
      assert.equal(basename(local), local)
      assert.ok(local !== '.' && local !== '..' && local !== '' && Buffer.byteLength(local) <= 255)
      assert.doesNotMatch(local, /[\p{Cc}/]/u)
      if (platform === 'win32') assert.doesNotMatch(local, /[\\:*?"<>|]|[. ]$/)
      assert.equal(localName(local, platform), local)
    }),
    { numRuns: 1000 },
  )
})

const onWindows: readonly (readonly [name: string, local: string])[] = [
  ['CON', '_CON'],
  ['nul.txt', '_nul.txt'],
  ['com1', '_com1'],
  ['console', 'console'],
  ['C:', 'C_'],
  ['a\\..\\b', 'a_.._b'],
  ['x.', 'x_'],
  ['a:$DATA', 'a_$DATA'],
]
for (const [name, local] of onWindows) test(`on Windows ${name} is ${local}`, () => assert.equal(localName(name, 'win32'), local))

test('what turns text around is not seen in a name', () => assert.equal(localName('gpj\u202egnp.exe', 'linux'), 'gpj_gnp.exe'))

test('long names keep their endings', () => assert.match(localName(`${'ü'.repeat(200)}.conf`, 'linux') ?? '', /ü\.conf$/))

test('letters’ case tells files apart on Linux alone', () => {
  assert.notEqual(localKey('A', 'linux'), localKey('a', 'linux'))
  assert.equal(localKey('A', 'darwin'), localKey('a', 'darwin'))
  assert.equal(localKey('\u00c4', 'win32'), localKey('a\u0308', 'win32'))
})

test('local folders are sent with what their links lead to, but for links to folders', async (t) => {
  const { chosen } = folders(t)
  mkdirSync(join(chosen, 'f'))
  writeFileSync(join(chosen, 'x'), '1', { mode: 0o755 })
  symlinkSync('x', join(chosen, 'to-file'))
  symlinkSync('.', join(chosen, 'to-folder'))
  symlinkSync('nowhere', join(chosen, 'to-nothing'))
  const source = await localSource(chosen)
  const { entries } = await source.entries(signal)
  assert.deepEqual(
    entries.map(({ name, kind, size }) => [name, kind, size]),
    [
      ['f', 'folder', 0],
      ['to-file', 'file', 1],
      ['to-folder', 'link', 0],
      ['to-nothing', 'link', 0],
      ['x', 'file', 1],
    ],
  )
  assert.equal(entries.find(({ name }) => name === 'x')?.mode, 0o755)
})
