import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { plainBytes } from './load-stream.ts'

const PARTS = [randomBytes(5000), Buffer.alloc(0), Buffer.alloc(3 << 20, 'x'), Buffer.from('end')]

function inPieces(bytes: Buffer, size: number): Readable {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
  return Readable.from(pieces)
}

for (const [name, compress] of [
  ['gzip members', gzipSync],
  ['zstd frames', zstdCompressSync],
] as const) {
  for (const size of [1000, 7, 1 << 20]) {
    test(`${name} one after the other are all read, in pieces of ${size}`, async () => {
      const archive = Buffer.concat(PARTS.map((part) => compress(part)))
      const got = await buffer(plainBytes(inPieces(archive, size)))
      assert.ok(got.equals(Buffer.concat(PARTS)), `${got.length} bytes`)
    })
  }
}

test('a zstd frame that is cut short or followed by something else is an error', async () => {
  const frame = zstdCompressSync(randomBytes(5000))
  for (const bytes of [frame.subarray(0, 3000), Buffer.concat([frame, Buffer.from('no frame')])]) {
    await assert.rejects(buffer(plainBytes(inPieces(bytes, 1 << 20))), { code: 'bad-archive' })
  }
})

test('whoever stops reading early ends it', async () => {
  const source = inPieces(zstdCompressSync(randomBytes(20 << 20)), 64 << 10)
  for await (const piece of plainBytes(source)) {
    assert.ok(piece.length > 0)
    break
  }
  assert.equal(source.destroyed, false)
})
