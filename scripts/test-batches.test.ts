import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { run } from '../test/support/run.ts'
import { writeBatches } from './test-batches.ts'

interface Place {
  readonly root: string
  readonly folder: string
}

function place(context: TestContext, files: Readonly<Record<string, string>>): Place {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'pocker-batches-')))
  context.after(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'src'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'src', name), text)
  return { root, folder: join(root, 'batches') }
}

/** Runs a batch as the runner does, in a process of its own; the lines of its report, without times. */
async function report(path: string): Promise<string[]> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const words = ['--disable-warning=ExperimentalWarning', '--test-reporter=tap', path]
  const { stdout } = await run(process.execPath, words, { env })
  return stdout.split('\n').filter((line) => /^\s*(not )?ok /.test(line))
}

const header = "import { after, before, beforeEach, test } from 'node:test'\n"

test('each file is a suite with hooks of its own', async (context) => {
  const { root, folder } = place(context, {
    'a.test.ts': `${header}let count = 0\nbeforeEach(() => { count++ })\ntest('counts', () => { if (count !== 1) throw new Error(String(count)) })\n`,
    'b.test.ts': `${header}const order: string[] = []\nbefore(() => { order.push('before') })\ntest('is after before', () => { if (order.length !== 1) throw new Error() })\n`,
  })
  const [batch = '', ...others] = writeBatches(['src/a.test.ts', 'src/b.test.ts'], { root, timeout: 5000, folder })
  assert.deepEqual(others, [])
  assert.deepEqual(await report(batch), ['    ok 1 - counts', 'ok 1 - src/a.test.ts', '    ok 1 - is after before', 'ok 2 - src/b.test.ts'])
})

test('a file that fails or does not load fails alone', async (context) => {
  const { root, folder } = place(context, {
    'a.test.ts': "throw new Error('does not load')\n",
    'b.test.ts': `${header}test('fails', () => { throw new Error() })\ntest('passes', () => {})\n`,
    'c.test.ts': `${header}test('passes', () => {})\n`,
  })
  const [batch = ''] = writeBatches(['src/a.test.ts', 'src/b.test.ts', 'src/c.test.ts'], { root, timeout: 5000, folder })
  assert.deepEqual(await report(batch), [
    'not ok 1 - src/a.test.ts',
    '    not ok 1 - fails',
    '    ok 2 - passes',
    'not ok 2 - src/b.test.ts',
    '    ok 1 - passes',
    'ok 3 - src/c.test.ts',
  ])
})

test('a file with a snapshot has a process of its own, and no batch has too many files', (context) => {
  const files = Array.from({ length: 45 }, (_, index) => `src/${index}.test.ts`)
  const { root, folder } = place(context, { '7.test.ts.snapshot': '' })
  const paths = writeBatches(files, { root, timeout: 5000, folder })
  assert.deepEqual(paths, [...[0, 1, 2].map((index) => join(folder, `batch-${index}.mjs`)), join(root, 'src/7.test.ts')])
})
