import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import { copyName } from './copy-name.ts'
import { entry, file, folder, link, memoryTarget } from './memory.fixture.ts'
import { type Decision, planTransfer, staysInside } from './plan.ts'
import { runSteps } from './run-steps.ts'
import type { SourceEntry } from './source.ts'
import { stepsOf } from './steps.ts'
import type { Target } from './target.ts'

const { signal } = new AbortController()

async function copy(sources: readonly SourceEntry[], target: Target, decision: Decision = 'skip', at = '/') {
  const plan = await planTransfer({ sources, target, folder: at, signal })
  const steps = stepsOf(plan, { target, folder: at, decision })
  const reports: number[] = []
  const outcome = await runSteps(steps, { target, signal, report: ({ bytes }) => reports.push(bytes) })
  return { plan, steps, outcome, reports }
}

test('files and folders come to lie where they were wanted, with an account of their bytes', async () => {
  const target = memoryTarget({ '/in/': null })
  const { plan, steps, reports, outcome } = await copy([folder('a', file('x', '12'), folder('b', file('y', '345')))], target, 'skip', '/in')
  assert.deepEqual(target.files, { '/in/': null, '/in/a/': null, '/in/a/b/': null, '/in/a/x': '12', '/in/a/b/y': '345' })
  assert.equal(plan.conflicts, 0)
  assert.equal(steps.bytes, 5)
  assert.equal(reports.at(-1), 5)
  assert.deepEqual(outcome, { done: 4, failed: [] })
})

const before = { '/a/': null, '/a/x': 'old', '/a/x copy': 'older', '/f': 'file', '/d/': null, '/d/z': 'kept' }
const sources = [folder('a', file('x', 'new'), file('n', 'n')), folder('f', file('i', 'i')), file('d', 'd')]
const decided: readonly (readonly [Decision, Record<string, string | null>, string[]])[] = [
  ['skip', { '/a/n': 'n' }, []],
  ['replace', { '/a/x': 'new', '/a/n': 'n' }, ['/f', '/d']],
  ['both', { '/a/x copy 2': 'new', '/a/n': 'n', '/f copy/': null, '/f copy/i': 'i', '/d copy': 'd' }, []],
]
for (const [decision, changes, refused] of decided) {
  test(`with "${decision}" a file that is there is treated so, folders become one, and no folder makes way for a file`, async () => {
    const target = memoryTarget({ ...before })
    const { plan, steps } = await copy(sources, target, decision)
    assert.deepEqual(target.files, { ...before, ...changes })
    assert.deepEqual(steps.refused, refused)
    assert.equal(plan.conflicts, 3)
    assert.deepEqual(plan.examples, ['a/x', 'f', 'd'])
  })
}

test('what cannot be copied is left out and told', async () => {
  const target = memoryTarget({})
  const cut = { ...folder('cut'), entries: async () => ({ entries: [], isCut: true }) }
  const { plan } = await copy([entry('dev', 'other'), folder('a', link('l', '../x'), file('..', 'x'), file('a/b', 'x')), cut], target)
  assert.deepEqual(plan.leftOut, [
    { path: 'dev', why: 'special' },
    { path: 'a/l', why: 'link' },
    { path: 'a/..', why: 'name' },
    { path: 'a/a/b', why: 'name' },
    { path: 'cut', why: 'cut' },
  ])
  assert.deepEqual(Object.keys(target.files), ['/a/', '/cut/'])
})

test('names that are the same at the target do not overwrite each other', async () => {
  const target = {
    ...memoryTarget({}),
    keyOf: (name: string) => name.toLowerCase(),
    nameFor: (name: string) => name.replace(/[^A-Za-z]/g, '_'),
  }
  const { plan } = await copy([file('A', '1'), file('a', '2'), file('x?', '3'), file('x:', '4')], target)
  assert.deepEqual(target.files, { '/A': '1', '/a copy': '2', '/x_': '3', '/x_ copy': '4' })
  assert.equal(plan.renamed, 3)
})

test('one file that fails does not keep the others from being copied', async () => {
  const bad = file('b', '', { content: () => Promise.reject(Object.assign(new Error('x'), { code: 'permission-denied' })) })
  const target = memoryTarget({})
  const { outcome } = await copy([file('a', '1'), bad, file('c', '2')], target)
  assert.deepEqual(target.files, { '/a': '1', '/c': '2' })
  assert.deepEqual(
    outcome.failed.map(({ path }) => path),
    ['/b'],
  )
})

test('a lost connection ends it', async () => {
  const lost = () => file('b', '', { content: () => Promise.reject(Object.assign(new Error('x'), { code: 'connection-lost' })) })
  const target = memoryTarget({})
  const list = [...Array.from({ length: 4 }, lost), ...Array.from({ length: 100 }, (_, index) => file(`f${index}`, 'x'))]
  await assert.rejects(copy(list, target), { code: 'connection-lost' })
  assert.ok(Object.keys(target.files).length < 100)
})

test('what breaks off in the middle of a file is an error of the writer, which waits for nothing', async () => {
  const breaking = async () =>
    Readable.from(
      (async function* () {
        yield Buffer.from('half')
        throw Object.assign(new Error('x'), { code: 'no-such-file' })
      })(),
    )
  const target = memoryTarget({})
  const { outcome } = await copy([file('a', '', { content: breaking })], target)
  assert.equal(outcome.failed.length, 1)
  assert.deepEqual(target.files, {})
})

test('cancelled work ends', async () => {
  const over = new AbortController()
  const target = memoryTarget({})
  const plan = await planTransfer({ sources: [file('a', '1'), file('b', '1')], target, folder: '/', signal })
  over.abort()
  const steps = stepsOf(plan, { target, folder: '/', decision: 'skip' })
  await assert.rejects(runSteps(steps, { target, signal: over.signal, report: () => {} }), { name: 'AbortError' })
  assert.deepEqual(target.files, {})
})

const inside: readonly (readonly [link: string, depth: number, isInside: boolean])[] = [
  ['x', 1, true],
  ['a/../x', 1, false],
  ['a/../x', 3, false],
  ['../a/b', 2, true],
  ['../x', 1, false],
  ['../x', 2, true],
  ['../../x', 2, false],
  ['a/../../x', 1, false],
  ['/etc/passwd', 3, false],
  ['..\\..\\x', 3, false],
  ['', 3, false],
  ['./x', 0, true],
  ['.', 2, false],
  ['..', 0, false],
]
for (const [text, depth, isInside] of inside) {
  test(`a link to "${text}", ${depth} deep, leads ${isInside ? 'to what is copied' : 'elsewhere'}`, () =>
    assert.equal(staysInside(text, depth), isInside))
}

test('the second of a name is a new one', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.nat({ max: 20 }), (name, count) => {
      const taken = new Set([name])
      for (let index = 0; index < count; index++) taken.add(copyName(name, (other) => taken.has(other)))
      assert.equal(taken.size, count + 1)
    }),
  )
  assert.equal(
    copyName('a.tar.gz', () => false),
    'a.tar copy.gz',
  )
  assert.equal(
    copyName('.bashrc', () => false),
    '.bashrc copy',
  )
})
