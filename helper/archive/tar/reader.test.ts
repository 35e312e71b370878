import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PockerError } from '../../api/errors.ts'
import { type TarKind, tarEnd, tarHeader, tarPadding } from '../tar-write.ts'
import { paxRecords, type RawEntry, rawEntry, rawTar } from '../testing/raw-tar.ts'
import { readTar } from '../testing/read-tar.ts'

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof PockerError, String(error))
    return error.code
  }
  return 'none'
}

function refused(...entries: RawEntry[]): void {
  assert.equal(
    codeOf(() => readTar([rawTar(entries)])),
    'bad-archive',
  )
}

const one = (entry: RawEntry) => {
  const [found] = readTar([rawTar([entry])])
  assert.ok(found)
  return found
}

const kinds = {
  file: 'file',
  'hard-link': 'hardlink',
  symlink: 'symlink',
  'character-device': 'character',
  'block-device': 'block',
  folder: 'directory',
  fifo: 'fifo',
} as const satisfies Record<TarKind, string>

const name = fc
  .array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 300 })
  .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x2f)))
  .filter((bytes) => bytes.length > 0)
const entry = fc.record({
  name,
  kind: fc.constantFrom(...(Object.keys(kinds) as TarKind[])),
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: fc.oneof(fc.integer({ min: 0, max: 70_000 }), fc.integer({ min: 0, max: 0xfffffffe })),
  gid: fc.integer({ min: 0, max: 0xfffffffe }),
  data: fc.uint8Array({ maxLength: 1500 }),
  mtime: fc.bigInt({ min: -5_000_000_000_000_000_000n, max: 20_000_000_000_000_000_000n }),
  link: name,
  device: fc.record({ major: fc.integer({ min: 0, max: 4095 }), minor: fc.integer({ min: 0, max: 0x1fffff }) }),
  xattrs: fc.dictionary(fc.stringMatching(/^user\.[a-z0-9]{1,20}$/), fc.uint8Array({ maxLength: 50 }), { maxKeys: 3 }),
})

test('what is written is read again, however it is cut into pieces', () => {
  const check = (entries: readonly (typeof entry extends fc.Arbitrary<infer T> ? T : never)[], cuts: readonly number[]) => {
    const parts = entries.flatMap(({ data, kind, xattrs, ...rest }) => {
      const content = kind === 'file' ? data : new Uint8Array()
      const header = { ...rest, kind, size: content.length, xattrs: new Map(Object.entries(xattrs)) }
      return [tarHeader(header), content, new Uint8Array(tarPadding(content.length))]
    })
    const archive = Buffer.concat([...parts, tarEnd])
    const places = [0, ...cuts.map((cut) => cut % archive.length).sort((a, b) => a - b), archive.length]
    const pieces = places.slice(1).map((to, at) => archive.subarray(places[at], to))
    const found = readTar(pieces)
    assert.equal(found.length, entries.length)
    for (const [index, wanted] of entries.entries()) {
      const got = found[index]
      assert.ok(got)
      assert.equal(got.type, kinds[wanted.kind])
      assert.equal(got.path.replace(/\/$/, ''), wanted.name.toString('latin1'))
      assert.deepEqual([got.mode, got.uid, got.gid], [wanted.mode, wanted.uid, wanted.gid])
      assert.equal(BigInt(got.mtime.seconds) * 1_000_000_000n + BigInt(got.mtime.nanoseconds), wanted.mtime)
      if (wanted.kind === 'file') assert.deepEqual(got.content, Buffer.from(wanted.data))
      if (wanted.kind === 'symlink') assert.equal(got.linkPath, wanted.link.toString('latin1'))
      if (wanted.kind === 'block-device') assert.deepEqual([got.deviceMajor, got.deviceMinor], [wanted.device.major, wanted.device.minor])
      const xattrs = Object.entries(wanted.xattrs).map(([key, value]) => [key, Buffer.from(value).toString('hex')])
      assert.deepEqual([...got.xattrs].map(([key, value]) => [key, value.toString('hex')]).sort(), xattrs.sort())
    }
  }
  fc.assert(fc.property(fc.array(entry, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 20 }), check), { numRuns: 300 })
})

test('no bytes at all make it fail in another way than with its own errors', () => {
  const blocks = fc.array(
    fc.oneof(
      fc.uint8Array({ minLength: 512, maxLength: 512 }).map((bytes) => Buffer.from(bytes)),
      fc
        .record({
          name: fc.string({ maxLength: 20 }),
          type: fc.constantFrom('0', '5', 'x', 'g', 'L', 'K', 'S', '1', 'V', 'z'),
          data: fc.string({ maxLength: 600 }),
          pax: fc.dictionary(
            fc.constantFrom('path', 'size', 'mtime', 'GNU.sparse.major', 'GNU.sparse.size', 'GNU.sparse.map', 'uid'),
            fc.string(),
          ),
        })
        .map((fields) => rawEntry(fields)),
    ),
    { maxLength: 6 },
  )
  const check = (parts: readonly Buffer[]) => {
    try {
      readTar(parts)
    } catch (error) {
      // A hole of any size is honest: only this test wants it in memory.
      assert.ok(error instanceof PockerError || error instanceof RangeError, String(error))
    }
  }
  fc.assert(fc.property(blocks, check), { numRuns: 500 })
})

test('GNU tar and pax long names win over the short one', () => {
  const long = `${'d/'.repeat(200)}file`
  const gnu = [rawEntry({ name: '././@LongLink', type: 'L', data: `${long}\0` }), rawEntry({ name: long.slice(0, 100), format: 'gnu' })]
  assert.equal(readTar(gnu)[0]?.path, long)
  assert.equal(one({ name: 'short', pax: { path: long } }).path, long)
})

test('two long names that differ are a lie', () => {
  const both = [rawEntry({ name: '././@LongLink', type: 'L', data: 'one\0' }), rawEntry({ name: 'x', pax: { path: 'two' } })]
  assert.equal(
    codeOf(() => readTar(both)),
    'bad-archive',
  )
})

test('sizes are octal, base-256 or from an extended header, and never negative', () => {
  const binary = Buffer.alloc(12)
  binary[0] = 0x80
  binary[11] = 3
  assert.equal(one({ name: 'a', data: 'abc', size: binary }).content.toString(), 'abc')
  assert.equal(one({ name: 'a', data: 'abc', size: 0, pax: { size: '3' } }).content.toString(), 'abc')
  refused({ name: 'a', size: Buffer.alloc(12, 0xff) })
  refused({ name: 'a', size: Buffer.from('-0000000001\0') })
  refused({ name: 'a', size: Buffer.from('0000000008 \0') })
  refused({ name: 'a', pax: { size: '-1' } })
  refused({ name: 'a', pax: { size: '99999999999999999999' } })
  refused({ name: 'a', size: Buffer.from([0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]) })
})

test('a NUL in a name of an extended header is a lie', () => {
  refused({ name: 'a', pax: { path: 'good\0/../evil' } })
  refused({ name: 'a', type: '2', pax: { linkpath: 'a\0b' } })
})

test('times have nanoseconds and may lie before 1970', () => {
  assert.deepEqual(one({ name: 'a', pax: { mtime: '1700000000.123456789' } }).mtime, { seconds: 1_700_000_000, nanoseconds: 123_456_789 })
  assert.deepEqual(one({ name: 'a', pax: { mtime: '-1.25' } }).mtime, { seconds: -2, nanoseconds: 750_000_000 })
  refused({ name: 'a', pax: { mtime: 'now' } })
})

test('extended headers have a bound', () => {
  const big = rawEntry({ name: 'pax', type: 'x', size: (1 << 20) + 1 })
  assert.equal(
    codeOf(() => readTar([big])),
    'archive-header-too-large',
  )
  const many = Array.from({ length: 9 }, () => rawEntry({ name: 'pax', type: 'x', data: paxRecords({ comment: 'x' }) }))
  assert.equal(
    codeOf(() => readTar(many)),
    'archive-header-too-large',
  )
})

test('a damaged, cut off or foreign archive is refused', () => {
  const archive = rawTar([{ name: 'a', data: 'abc' }])
  const damaged = Buffer.from(archive)
  damaged[3] = 0x41
  assert.equal(
    codeOf(() => readTar([damaged])),
    'bad-archive',
  )
  for (const length of [1, 511, 513, 1000])
    assert.equal(
      codeOf(() => readTar([archive.subarray(0, length)])),
      'bad-archive',
    )
  assert.equal(
    codeOf(() => readTar([Buffer.alloc(600, 'text')])),
    'bad-archive',
  )
  refused({ name: 'a', type: 'z' })
})

test('an archive without the mark of its end is read as others read it', () => {
  assert.equal(readTar([rawEntry({ name: 'a' })]).length, 1)
  assert.equal(readTar([]).length, 0)
})

test('behind the end anything may follow, and nothing between', () => {
  assert.equal(readTar([rawTar([{ name: 'a' }]), Buffer.alloc(700, 'x'), rawTar([{ name: 'b' }])]).length, 1)
  assert.equal(
    codeOf(() => readTar([Buffer.alloc(512), rawEntry({ name: 'a' })])),
    'bad-archive',
  )
})

test('a global header holds for all entries, but sets no name', () => {
  const global = rawEntry({ name: 'g', type: 'g', data: paxRecords({ uid: '77', comment: 'x' }) })
  const found = readTar([global, rawEntry({ name: 'a' }), rawEntry({ name: 'b', pax: { uid: '5' } })])
  assert.deepEqual(
    found.map(({ uid }) => uid),
    [77, 5],
  )
  assert.equal(
    codeOf(() => readTar([rawEntry({ name: 'g', type: 'g', data: paxRecords({ path: 'x' }) })])),
    'bad-archive',
  )
})

test('a map of holes that does not fit is refused', () => {
  const sparse = (map: string, size: string, data: string) => ({ name: 'a', data, pax: { 'GNU.sparse.size': size, 'GNU.sparse.map': map } })
  assert.deepEqual(one(sparse('2,3', '7', 'abc')).content, Buffer.from('\0\0abc\0\0'))
  refused(sparse('2,3', '4', 'abc'))
  refused(sparse('2,2', '7', 'abc'))
  refused(sparse('2,1,1,2', '7', 'abc'))
  refused(sparse('2', '7', 'abc'))
  refused({ name: 'a', data: `${'9'.repeat(600)}`, pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '9' } })
})

test('owners that no system has are refused', () => {
  refused({ name: 'a', pax: { uid: '4294967295' } })
  refused({ name: 'a', change: (block) => block.fill(0xff, 108, 116) })
})
