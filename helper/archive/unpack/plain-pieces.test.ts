import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { PockerError } from '../../api/errors.ts'
import type { ByteSource } from './byte-source.ts'
import { plainBytes } from './plain-pieces.ts'

const content = Buffer.concat([randomBytes(1_500_000), Buffer.alloc(3_000_000, 'text '), randomBytes(10)])

function bytesSource(bytes: Buffer, step: number): ByteSource {
  let at = 0
  return {
    read(target) {
      const count = bytes.copy(target, 0, at, Math.min(bytes.length, at + step))
      at += count
      return count
    },
  }
}

interface Seen {
  readonly output: Buffer
  readonly input: string
}

async function unpack(bytes: Buffer, step = 1 << 30): Promise<Seen> {
  const input = createHash('sha256')
  const output: Buffer[] = []
  const { pieces } = plainBytes(bytesSource(bytes, step), (piece) => input.update(piece))
  for await (const piece of pieces) output.push(Buffer.from(piece))
  return { output: Buffer.concat(output), input: input.digest('hex') }
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

async function failsWith(bytes: Buffer, code: string): Promise<void> {
  await assert.rejects(
    async () => await unpack(bytes),
    (error) => error instanceof PockerError && error.code === code,
  )
}

const half = content.length >> 1
const cases = {
  plain: content,
  gzip: gzipSync(content, { level: 1 }),
  zstd: zstdCompressSync(content),
  'gzip of several members': Buffer.concat([
    gzipSync(content.subarray(0, half)),
    gzipSync(Buffer.alloc(0)),
    gzipSync(content.subarray(half)),
  ]),
  'zstd of several frames': Buffer.concat([zstdCompressSync(content.subarray(0, half)), zstdCompressSync(content.subarray(half))]),
  'zstd with a frame to be skipped': Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]), zstdCompressSync(content)]),
  'gzip with zeros behind it': Buffer.concat([gzipSync(content), Buffer.alloc(3_000_000)]),
}

for (const [name, bytes] of Object.entries(cases)) {
  test(`${name}: all bytes come, and all of the source are seen`, async () => {
    for (const step of [1 << 30, 40_000]) {
      const { output, input } = await unpack(bytes, step)
      assert.equal(sha256(output), sha256(content))
      assert.equal(input, sha256(bytes))
    }
  })
}

test('an empty source has no bytes', async () => {
  assert.equal((await unpack(Buffer.alloc(0))).output.length, 0)
})

test('a cut off or damaged source is refused', async () => {
  for (const bytes of [cases.gzip, cases.zstd]) {
    await failsWith(bytes.subarray(0, bytes.length - 5), 'bad-archive')
    await failsWith(Buffer.concat([bytes, Buffer.from('more')]), 'bad-archive')
  }
  // Frames of zstd need not have a checksum: there only the digest tells.
  const damaged = Buffer.from(cases.gzip)
  damaged.fill(0x55, 1000, 3000)
  await failsWith(damaged, 'bad-archive')
})

test('other compressions are named', async () => {
  await failsWith(Buffer.from('\xfd7zXZ\0rest', 'latin1'), 'bad-archive')
  await failsWith(Buffer.from('BZh91AY', 'latin1'), 'bad-archive')
})

test('a window that would take more than 128 MiB is refused', async () => {
  // Magic, a descriptor without a single segment, and a window of 2^31 bytes (RFC 8878, 3.1.1.1.2).
  await failsWith(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 1, 0, 0]), 'bad-archive')
})

test('an error of the source is its own', async () => {
  let reads = 0
  const source: ByteSource = {
    read(target) {
      if (reads++ > 0) throw new RangeError('no more')
      return cases.gzip.copy(target, 0, 0, 1000)
    },
  }
  await assert.rejects(async () => {
    for await (const piece of plainBytes(source, () => undefined).pieces) piece.length
  }, RangeError)
})

test('who stops early stops the reading', async () => {
  let reads = 0
  const source: ByteSource = {
    read(target) {
      reads++
      return cases.gzip.copy(target, 0, 0, 1000) // without an end
    },
  }
  const { pieces } = plainBytes(source, () => undefined)
  await assert.rejects(async () => {
    for await (const piece of pieces) assert.equal(piece.length, -1)
  })
  assert.ok(reads < 100)
})
