import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { fileOfArchive } from './tar-file.ts'

const whole = { offset: 0, length: Number.POSITIVE_INFINITY }

/** An archive by the system's own tar. */
function archiveOf(t: TestContext, content: Buffer, name = 'file', ...options: string[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-tar-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, name), content)
  const { stdout, status } = spawnSync('tar', ['-c', ...options, '-C', folder, name], { maxBuffer: 1 << 26 })
  assert.equal(status, 0)
  return stdout
}

function inPieces(bytes: Buffer, size: number): Readable {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
  return Readable.from(pieces)
}

const content = Buffer.from(Array.from({ length: 3000 }, (_, index) => index % 251))

test('the file comes out of its archive, however that is cut', async (t) => {
  const archive = archiveOf(t, content)
  for (const size of [1, 511, 512, 513, 1 << 20]) assert.deepEqual(await buffer(fileOfArchive(inPieces(archive, size), whole)), content)
})

test('headers for long names are passed over', async (t) => {
  for (const format of ['gnu', 'pax']) {
    const archive = archiveOf(t, content, 'n'.repeat(200), `--format=${format}`)
    assert.deepEqual(await buffer(fileOfArchive(inPieces(archive, 700), whole)), content)
  }
})

test('a part is what was asked for', async (t) => {
  const archive = archiveOf(t, content)
  const part = async (offset: number, length: number) => await buffer(fileOfArchive(inPieces(archive, 600), { offset, length }))
  assert.deepEqual(await part(10, 20), content.subarray(10, 30))
  assert.deepEqual(await part(590, 1000), content.subarray(590, 1590))
  assert.deepEqual(await part(5000, 20), Buffer.alloc(0))
})

test('an empty file is empty', async (t) => {
  assert.deepEqual(await buffer(fileOfArchive(inPieces(archiveOf(t, Buffer.alloc(0)), 600), whole)), Buffer.alloc(0))
})

test('an archive that is cut short, and what is none, are errors', async (t) => {
  const archive = archiveOf(t, content)
  for (const bytes of [archive.subarray(0, 100), archive.subarray(0, 2000), Buffer.alloc(2048, 'x'), Buffer.alloc(0)]) {
    await assert.rejects(buffer(fileOfArchive(inPieces(bytes, 600), whole)), { code: 'bad-answer' })
  }
})
