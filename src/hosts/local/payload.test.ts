import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readPayload } from './payload.ts'

const folder = mkdtempSync(join(tmpdir(), 'pocker-payload-'))
after(() => rmSync(folder, { recursive: true }))
const HASH = 'a'.repeat(64)

function write(manifest: unknown): string {
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest)
  writeFileSync(join(folder, 'manifest.json'), text)
  return createHash('sha256').update(text).digest('hex')
}

test('the list is read when it is the one that the extension was built with', () => {
  const files = { pocker: HASH, node: HASH, 'main.mjs': HASH }
  assert.deepEqual(readPayload(folder, write({ files })), { source: folder, files })
})

test('a list that has been changed is refused', () => {
  const anchor = write({ files: { pocker: HASH, node: HASH } })
  write({ files: { pocker: HASH, node: 'b'.repeat(64) } })
  assert.throws(() => readPayload(folder, anchor), { code: 'payload-damaged' })
})

test('no list is refused', () => assert.throws(() => readPayload(join(folder, 'none'), HASH), { code: 'payload-damaged' }))

const BAD = [
  '',
  '[]',
  { files: {} },
  { files: { pocker: HASH } },
  { files: { pocker: HASH, node: 'x' } },
  { files: { pocker: HASH, node: HASH, '../x': HASH } },
]
for (const manifest of BAD) {
  test(`a list is refused that is none: ${JSON.stringify(manifest).slice(0, 60)}`, () => {
    assert.throws(() => readPayload(folder, write(manifest)), { code: 'payload-damaged' })
  })
}
