import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { TAR_BLOCK, type TarEntry, type TarKind, tarEnd, tarHeader, tarPadding } from './tar-write.ts'

const file: TarEntry = { name: 'a', kind: 'file', mode: 0o644, uid: 0, gid: 0, size: 0, mtime: 0n }

test('an entry that ustar can say takes one block', () => {
  assert.equal(tarHeader({ ...file, name: 'x'.repeat(100) }).length, TAR_BLOCK)
  assert.equal(tarHeader({ ...file, name: `${'p'.repeat(155)}/${'x'.repeat(100)}` }).length, TAR_BLOCK)
  assert.equal(tarHeader({ ...file, mtime: 1_700_000_000_000_000_000n, uid: 0o7777777, size: 0o77777777777 }).length, TAR_BLOCK)
})

test('what ustar cannot say takes a pax header', () => {
  const entries: TarEntry[] = [
    { ...file, name: 'x'.repeat(101) },
    { ...file, name: `${'p'.repeat(156)}/x` },
    { ...file, name: 'ä' },
    { ...file, kind: 'symlink', link: 'x'.repeat(101) },
    { ...file, mtime: 1n },
    { ...file, mtime: -1_000_000_000n },
    { ...file, uid: 0o10000000 },
    { ...file, size: 0o100000000000 },
    { ...file, xattrs: new Map([['user.a', Buffer.from('1')]]) },
  ]
  for (const entry of entries) assert.equal(tarHeader(entry).length, 3 * TAR_BLOCK)
})

test('a record counts its own digits', () => {
  for (let length = 80; length < 120; length++) {
    const header = tarHeader({ ...file, xattrs: new Map([['user.a', Buffer.alloc(length, 'v')]]) })
    const pax = header.subarray(TAR_BLOCK, header.length - TAR_BLOCK).toString()
    const [said] = pax.split(' ')
    assert.equal(pax.indexOf('\n') + 1, Number(said))
  }
})

test('a name with a NUL or of no length is refused', () => {
  assert.throws(() => tarHeader({ ...file, name: 'a\0b' }), RangeError)
  assert.throws(() => tarHeader({ ...file, name: '' }), RangeError)
  assert.throws(() => tarHeader({ ...file, kind: 'symlink', link: 'a\0b' }), RangeError)
})

const byte = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0x61, max: 0x7a }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 255 }) },
)
const part = fc
  .array(byte, { minLength: 1, maxLength: 200 })
  .map((bytes) => Buffer.from(bytes.map((value) => (value === 0x2f ? 0x5f : value))))
  .filter((bytes) => !['.', '..'].includes(bytes.toString()))
const path = fc
  .array(part, { minLength: 1, maxLength: 5 })
  .map((parts) => Buffer.from(parts.map((one) => one.toString('latin1')).join('/'), 'latin1'))
const kinds: readonly TarKind[] = ['file', 'hard-link', 'symlink', 'character-device', 'block-device', 'folder', 'fifo']
const xattrs = fc.dictionary(fc.stringMatching(/^user\.[a-z%=]{1,20}$/), fc.uint8Array({ maxLength: 600 }), {
  maxKeys: 3,
  noNullPrototype: true,
})

const anyEntry = fc
  .record({
    name: path,
    kind: fc.constantFrom(...kinds),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    uid: fc.oneof(fc.nat(0o7777777), fc.nat(0xfffffffe)),
    gid: fc.oneof(fc.nat(0o7777777), fc.nat(0xfffffffe)),
    mtime: fc.oneof(
      fc.bigInt(0n, 4_000_000_000n).map((time) => time * 1_000_000_000n),
      fc.bigInt(-(10n ** 18n), 10n ** 19n),
    ),
    link: path,
    device: fc.record({ major: fc.nat(0xfff), minor: fc.nat(0xfffff) }),
    xattrs,
    content: fc.uint8Array({ maxLength: 2000 }),
  })
  .map(({ content, link, device, xattrs: values, ...base }) => {
    const isDevice = base.kind === 'character-device' || base.kind === 'block-device'
    const entry: TarEntry = {
      ...base,
      ...(base.kind === 'file' ? { size: content.length } : {}),
      ...(base.kind === 'symlink' || base.kind === 'hard-link' ? { link } : {}),
      ...(isDevice ? { device } : {}),
      xattrs: new Map(Object.entries(values).map(([name, value]) => [name, Buffer.from(value)])),
    }
    return { entry, content: base.kind === 'file' ? content : new Uint8Array() }
  })

const archiveOf = (entries: readonly { entry: TarEntry; content: Uint8Array }[]) =>
  Buffer.concat([
    ...entries.flatMap(({ entry, content }) => [tarHeader(entry), content, new Uint8Array(tarPadding(content.length))]),
    tarEnd,
  ])

const pythonReader = `
import json, sys, tarfile, io
out = []
with tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read()), mode='r:') as tar:
    for m in tar:
        raw = lambda s: s.encode('utf-8', 'surrogateescape').hex()
        out.append({'name': raw(m.name), 'type': m.type.decode(), 'mode': m.mode, 'uid': m.uid, 'gid': m.gid,
            'mtime': str(m.pax_headers.get('mtime', m.mtime)), 'link': raw(m.linkname), 'device': [m.devmajor, m.devminor],
            'xattrs': sorted([raw(k[13:]), raw(v)] for k, v in m.pax_headers.items() if k.startswith('SCHILY.xattr.')),
            'content': tar.extractfile(m).read().hex() if m.isreg() else ''})
print(json.dumps(out))
`

const typeOf: Record<TarKind, string> = {
  file: '0',
  'hard-link': '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  folder: '5',
  fifo: '6',
}

test("Python's tarfile reads every entry as it was written", () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { minLength: 60, maxLength: 120 }), (entries) => {
      const python = spawnSync('python3', ['-c', pythonReader], { input: archiveOf(entries), maxBuffer: 1 << 28 })
      assert.equal(python.status, 0, python.stderr.toString())
      const expected = entries.map(({ entry, content }) => ({
        name: Buffer.from(entry.name).toString('hex'),
        type: typeOf[entry.kind],
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        mtime: decimal(entry.mtime),
        link: Buffer.from(entry.link ?? '').toString('hex'),
        device: [entry.device?.major ?? 0, entry.device?.minor ?? 0],
        xattrs: [...(entry.xattrs ?? [])]
          .map(([name, value]) => [
            Buffer.from(name.replaceAll('%', '%25').replaceAll('=', '%3D')).toString('hex'),
            Buffer.from(value).toString('hex'),
          ])
          .sort((one, other) => ((one[0] ?? '') < (other[0] ?? '') ? -1 : 1)),
        content: Buffer.from(content).toString('hex'),
      }))
      assert.deepEqual(JSON.parse(python.stdout.toString()), expected)
    }),
    { numRuns: 6 },
  )
})

test('GNU tar lists every name and link as it was written', () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { minLength: 60, maxLength: 120 }), (entries) => {
      const shown = entries.map(({ entry, content }) => ({ entry: { ...entry, xattrs: new Map() }, content }))
      const tar = spawnSync('tar', ['-tf', '-', '--quoting-style=literal', '--null', '--no-wildcards'], {
        input: archiveOf(shown),
        maxBuffer: 1 << 28,
      })
      assert.equal(tar.status, 0, tar.stderr.toString())
      const slash = (entry: TarEntry) => (entry.kind === 'folder' ? '/' : '')
      const expected = entries.map(({ entry }) => `${Buffer.from(entry.name).toString('latin1')}${slash(entry)}\n`).join('')
      assert.equal(tar.stdout.toString('latin1'), expected)
    }),
    { numRuns: 6 },
  )
})

function decimal(time: bigint): string {
  const amount = time < 0n ? -time : time
  const fraction = String(amount % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${time < 0n ? '-' : ''}${amount / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}`
}
