import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { saveStream } from './save-stream.ts'

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-save-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

test('a stream becomes a file, and its bytes are counted', async (t) => {
  const folder = folderOf(t)
  const path = join(folder, 'a.tar')
  const counts: number[] = []
  await saveStream(Readable.from([Buffer.from('one'), Buffer.from('two')]), {
    path,
    signal: new AbortController().signal,
    onBytes: (bytes) => counts.push(bytes),
  })
  assert.equal(readFileSync(path, 'utf8'), 'onetwo')
  assert.deepEqual(counts, [3, 6])
})

test('of one that breaks off or is cancelled nothing is left, and a file that was there stays', async (t) => {
  const folder = folderOf(t)
  const path = join(folder, 'a.tar')
  writeFileSync(path, 'earlier')
  const breaking = Readable.from(
    (async function* () {
      yield Buffer.from('half')
      throw new Error('it broke')
    })(),
  )
  const parts = { path, signal: new AbortController().signal, onBytes: () => {} }
  await assert.rejects(saveStream(breaking, parts), /it broke/)
  const cancelled = AbortSignal.abort()
  await assert.rejects(saveStream(Readable.from([Buffer.from('x')]), { ...parts, signal: cancelled }), { name: 'AbortError' })
  assert.deepEqual(readdirSync(folder), ['a.tar'])
  assert.equal(readFileSync(path, 'utf8'), 'earlier')
})
