import assert from 'node:assert/strict'
import { closeSync, openSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LogChunk } from '../../http/backend.ts'
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import { chunk, chunks, encodeFrames, plain, readAll, temporaryLog, writeFrames } from './fixture.ts'
import { blockOf, encodeFrame, MAX_DATA } from './frame.ts'
import { scanFrames } from './scan.ts'

const SMALLEST_BLOCK = 1 << 18

function endsOf(written: readonly LogChunk[]): number[] {
  return written.map((_, index) => encodeFrames(written.slice(0, index + 1)).length)
}

function scan(bytes: Buffer): LogChunk[] {
  return scanFrames(blockOf(bytes, 0), true).frames.map(plain)
}

test('any frames written are read back the same', () => {
  fc.assert(fc.property(chunks, (written) => assert.deepEqual(scan(encodeFrames(written)), written.map(plain))))
})

test('a block that ends anywhere gives its whole frames and the place of the next', () => {
  fc.assert(
    fc.property(chunks, fc.nat(), (written, cut) => {
      const bytes = encodeFrames(written)
      const first = scanFrames(blockOf(bytes.subarray(0, cut % (bytes.length + 1)), 0), false)
      const rest = scanFrames(blockOf(bytes.subarray(first.done), first.done), true)
      assert.deepEqual([...first.frames, ...rest.frames].map(plain), written.map(plain))
    }),
  )
})

test('a log cut off anywhere gives the frames before the cut', () => {
  fc.assert(
    fc.property(chunks, fc.nat(), (written, cut) => {
      const bytes = encodeFrames(written)
      const size = cut % (bytes.length + 1)
      const whole = endsOf(written).filter((end) => end <= size).length
      assert.deepEqual(scan(bytes.subarray(0, size)), written.slice(0, whole).map(plain))
    }),
  )
})

test('frames written after a frame that was cut off anywhere are all found', () => {
  const streams = fc.constantFrom<LogChunk['stream'][]>(0, 1, 2)
  const sizes = fc.integer({ min: 1, max: 4000 })
  fc.assert(
    fc.property(chunks, chunks, streams, sizes, fc.nat(), (before, after, stream, size, cut) => {
      const frame = encodeFrame(chunk(Buffer.alloc(size, 'x'), stream, 1_790_000_000_123_456_789n))
      const torn = frame.subarray(0, cut % frame.length)
      // Where the cut-off frame's claimed end happens to be a later frame's, the two cannot be told apart.
      fc.pre(after.length > 0 && !endsOf(after).includes(frame.length - torn.length))
      const bytes = Buffer.concat([encodeFrames(before), torn, encodeFrames(after)])
      assert.deepEqual(scan(bytes), [...before, ...after].map(plain))
    }),
    { numRuns: 400 },
  )
})

test('garbage between frames costs none of them', () => {
  fc.assert(
    fc.property(chunks, fc.uint8Array({ maxLength: 200 }), chunks, (before, garbage, after) => {
      const bytes = Buffer.concat([encodeFrames(before), garbage, encodeFrames(after)])
      assert.deepEqual(scan(bytes), [...before, ...after].map(plain))
    }),
  )
})

test('a log printed by a container is not taken for its own log', () => {
  const inner = encodeFrames([chunk('one\n'), chunk('two\n', 2)])
  const written = [chunk(inner), chunk(Buffer.concat([inner.subarray(40), inner])), chunk('end\n')]
  assert.deepEqual(scan(encodeFrames(written)), written)
})

test('a log of many blocks is read whole, with frames of every size', async (context) => {
  const path = temporaryLog(context)
  const sizes = [1, 31, 32, 33, 4096, 65_535, MAX_DATA]
  const written = Array.from({ length: 120 }, (_, number) =>
    chunk(Buffer.alloc(sizes[number % sizes.length] ?? 1, number), 1, BigInt(number)),
  )
  writeFrames(path, ...written)
  assert.deepEqual(await readAll(path, { blockSize: SMALLEST_BLOCK }), written)
  assert.deepEqual(await readAll(path), written)
})

test('a freed beginning is passed over', async (context) => {
  const path = temporaryLog(context)
  const written = Array.from({ length: 200 }, (_, number) => chunk(Buffer.alloc(30_000, 'x'), 1, BigInt(number)))
  writeFrames(path, ...written)
  const mark = 150 * 30_032
  const descriptor = openSync(path, 'r+')
  const result = tryCall('fallocate', [descriptor, linux.FALLOC_FL_PUNCH_HOLE | linux.FALLOC_FL_KEEP_SIZE, 0, mark])
  closeSync(descriptor)
  if (-result === constants.errno.EOPNOTSUPP) return context.skip('this filesystem cannot free a part of a file')
  assert.equal(result, 0)
  assert.deepEqual(await readAll(path, { blockSize: SMALLEST_BLOCK }), written.slice(150))
  assert.deepEqual(await readAll(path, { from: 15 * 30_032 }), written.slice(150))
})

test('a log of nothing but a hole is empty', async (context) => {
  const path = temporaryLog(context)
  writeFileSync(path, '')
  truncateSync(path, 1 << 30)
  assert.deepEqual(await readAll(path), [])
  assert.equal(statSync(path).size, 1 << 30)
})

test('zeros without a hole before the first frame are passed over', async (context) => {
  const path = temporaryLog(context)
  writeFileSync(path, Buffer.alloc(3 << 20, 0))
  writeFrames(path, chunk('here\n'))
  assert.deepEqual(await readAll(path, { blockSize: SMALLEST_BLOCK }), [chunk('here\n')])
})
