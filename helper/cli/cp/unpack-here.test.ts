import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { TarReader } from '../../archive/tar/reader.ts'
import type { TarEntry } from '../../archive/tar-write.ts'
import { tarEnd, tarHeader, tarPadding } from '../../archive/tar-write.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { packLocal } from './pack-local.ts'
import { unpackHere } from './unpack-here.ts'

type Entry = Pick<TarEntry, 'name' | 'kind'> & Partial<TarEntry> & { readonly content?: string }

const NAMES = { archive: 'src', copy: 'out' }
const DATE = 1_600_000_000

function archive(...entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ content = '', ...entry }) => [
    tarHeader({ mode: 0o644, uid: 0, gid: 0, mtime: BigInt(DATE) * 1_000_000_000n, size: content.length, ...entry }),
    Buffer.from(content),
    new Uint8Array(tarPadding(content.length)),
  ])
  return Buffer.concat([...blocks, tarEnd])
}

function unpack(folder: string, bytes: Buffer, names: { archive: string | undefined; copy: string | undefined } = NAMES): void {
  const here = unpackHere({ folder, names })
  try {
    const reader = new TarReader(here)
    for (let at = 0; at < bytes.length; at += 700) reader.write(bytes.subarray(at, at + 700))
    reader.finish()
    here.finish()
  } finally {
    here.close()
  }
}

/** A target with something outside that must stay as it is. */
function outside(folder: string): { readonly target: string; readonly check: () => void } {
  const [target, secret] = [join(folder, 'target'), join(folder, 'secret')]
  mkdirSync(target)
  mkdirSync(secret)
  writeFileSync(join(secret, 'canary'), 'sings', { mode: 0o600 })
  const state = () => [
    readdirSync(folder),
    readdirSync(secret),
    readFileSync(join(secret, 'canary'), 'utf8'),
    statSync(secret).mode,
    statSync(join(secret, 'canary')).mode,
    statSync(join(secret, 'canary')).nlink,
  ]
  const before = state()
  return { target, check: () => assert.deepEqual(state(), before) }
}

test('files, folders and links come with their modes and times', () => {
  using folder = temporaryFolder()
  unpack(
    folder.path,
    archive(
      { name: 'src', kind: 'folder', mode: 0o750 },
      { name: 'src/ro', kind: 'folder', mode: 0o555 },
      { name: 'src/ro/f', kind: 'file', mode: 0o640, content: 'hello' },
      { name: 'src/l', kind: 'symlink', link: 'ro/f' },
      { name: 'src/h', kind: 'hard-link', link: 'src/ro/f' },
      { name: 'src/deep/er/f', kind: 'file', content: 'x'.repeat(2000) },
    ),
  )
  const at = (name: string) => join(folder.path, 'out', name)
  assert.deepEqual([readFileSync(at('ro/f'), 'utf8'), readFileSync(at('deep/er/f'), 'utf8').length], ['hello', 2000])
  assert.deepEqual(
    ['.', 'ro', 'ro/f'].map((name) => statSync(at(name)).mode & 0o7777),
    [0o750, 0o555, 0o640],
  )
  assert.deepEqual(
    ['.', 'ro', 'ro/f', 'l'].map((name) => lstatSync(at(name)).mtimeMs / 1000),
    [DATE, DATE, DATE, DATE],
  )
  assert.deepEqual([readlinkSync(at('l')), statSync(at('h')).ino], ['ro/f', statSync(at('ro/f')).ino])
})

test('what is in a folder comes into the folder, whose own mode stays', () => {
  using folder = temporaryFolder()
  chmodSync(folder.path, 0o710)
  const bytes = archive({ name: './', kind: 'folder', mode: 0o777 }, { name: './a', kind: 'file' })
  unpack(folder.path, bytes, { archive: undefined, copy: undefined })
  assert.deepEqual([readdirSync(folder.path), statSync(folder.path).mode & 0o777], [['a'], 0o710])
})

test('a program does not get the rights of who copies it', () => {
  using folder = temporaryFolder()
  unpack(folder.path, archive({ name: 'src', kind: 'file', mode: 0o6755 }))
  assert.equal(statSync(join(folder.path, 'out')).mode & 0o7777, 0o755)
})

test('a file takes the place of a file or link, and is not written through it', () => {
  using folder = temporaryFolder()
  const { target, check } = outside(folder.path)
  symlinkSync(join(folder.path, 'secret/canary'), join(target, 'out'))
  unpack(target, archive({ name: 'src', kind: 'file', content: 'new' }))
  assert.equal(readFileSync(join(target, 'out'), 'utf8'), 'new')
  check()
})

for (const [what, code, entries] of [
  ['a name that climbs', 'bad-archive', [{ name: '../secret/x', kind: 'file' }]],
  ['a name that climbs later', 'bad-archive', [{ name: 'src/../../secret/x', kind: 'file' }]],
  ['a name beside the source', 'bad-archive', [{ name: 'other', kind: 'file' }]],
  [
    'a file below its own link',
    'copy-failed',
    [
      { name: 'src', kind: 'symlink', link: '../secret' },
      { name: 'src/canary', kind: 'file' },
    ],
  ],
  [
    'a file below an absolute link',
    'copy-failed',
    [
      { name: 'src/l', kind: 'symlink', link: '/' },
      { name: 'src/l/tmp/x', kind: 'file' },
    ],
  ],
  [
    'a file below two links',
    'copy-failed',
    [
      { name: 'src/a', kind: 'symlink', link: '.' },
      { name: 'src/a/b', kind: 'symlink', link: '../../secret' },
    ],
  ],
  [
    'a folder over a link',
    'copy-folder-to-file',
    [
      { name: 'src', kind: 'symlink', link: '../secret' },
      { name: 'src', kind: 'folder', mode: 0 },
    ],
  ],
  ['a hard link that climbs', 'bad-archive', [{ name: 'src/h', kind: 'hard-link', link: '../secret/canary' }]],
  ['a hard link with a whole path', 'bad-archive', [{ name: 'src/h', kind: 'hard-link', link: '/etc/passwd' }]],
  [
    'a hard link through a link',
    'copy-failed',
    [
      { name: 'src/l', kind: 'symlink', link: '../../secret' },
      { name: 'src/h', kind: 'hard-link', link: 'src/l/canary' },
    ],
  ],
  [
    'a hard link to the folder itself',
    'copy-failed',
    [
      { name: 'src', kind: 'folder' },
      { name: 'src/h', kind: 'hard-link', link: 'src' },
    ],
  ],
  [
    'a file over a folder',
    'copy-file-to-folder',
    [
      { name: 'src', kind: 'folder' },
      { name: 'src', kind: 'file' },
    ],
  ],
  ['a device', 'entries-left-out', [{ name: 'src', kind: 'block-device', device: { major: 8, minor: 0 } }]],
  ['a pipe', 'entries-left-out', [{ name: 'src', kind: 'fifo' }]],
] as const satisfies readonly (readonly [string, string, readonly Entry[]])[]) {
  test(`${what} does nothing outside`, () => {
    using folder = temporaryFolder()
    const { target, check } = outside(folder.path)
    assert.throws(() => unpack(target, archive(...entries)), { code })
    check()
  })
}

test('a hard link to a link outside shares the link, not what it leads to', () => {
  using folder = temporaryFolder()
  const { target, check } = outside(folder.path)
  const entries = [
    { name: 'src/l', kind: 'symlink', link: '../../secret/canary' },
    { name: 'src/h', kind: 'hard-link', link: 'src/l' },
    { name: 'src/h', kind: 'file', content: 'new', mode: 0o777 },
  ] as const
  unpack(target, archive(...entries))
  check()
})

test('devices are left out, and the rest is there', () => {
  using folder = temporaryFolder()
  const bytes = archive({ name: 'src/null', kind: 'character-device', device: { major: 1, minor: 3 } }, { name: 'src/f', kind: 'file' })
  assert.throws(() => unpack(folder.path, bytes), { code: 'entries-left-out' })
  assert.deepEqual(readdirSync(join(folder.path, 'out')), ['f'])
})

test('a device does not even take away what is in its place', () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'out'), 'mine')
  assert.throws(() => unpack(folder.path, archive({ name: 'src', kind: 'fifo' })), { code: 'entries-left-out' })
  assert.equal(readFileSync(join(folder.path, 'out'), 'utf8'), 'mine')
})

test('an archive that is cut off is told', () => {
  using folder = temporaryFolder()
  const bytes = archive({ name: 'src', kind: 'file', content: 'hello' })
  assert.throws(() => unpack(folder.path, bytes.subarray(0, 514)), { code: 'bad-archive' })
})

test('no archive changes anything outside', () => {
  const part = fc.constantFrom('src', 'a', 'b', '..', '.', '', 'secret', 'canary')
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/') || 'src')
  const link = fc.oneof(path, fc.constantFrom('/', '../secret', '../../secret', '../secret/canary', 'src'))
  const kind = fc.constantFrom<Entry['kind'][]>('file', 'folder', 'symlink', 'hard-link')
  const entry = fc.record({
    name: fc.oneof(
      path,
      path.map((rest) => `src/${rest}`),
    ),
    kind,
    link,
  })
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
      using folder = temporaryFolder()
      const { target, check } = outside(folder.path)
      try {
        unpack(
          target,
          archive(
            ...entries.map(({ link, ...rest }) => ({
              ...rest,
              mode: 0o777,
              ...(/link/.test(rest.kind) ? { link } : { content: rest.kind === 'file' ? 'x' : '' }),
            })),
          ),
        )
      } catch (error) {
        assert.ok(error instanceof Error && 'code' in error, String(error))
      }
      check()
    }),
    { numRuns: 300 },
  )
})

test('what is packed here is unpacked as it was', async () => {
  using folder = temporaryFolder()
  const source = join(folder.path, 'source')
  mkdirSync(join(source, 'd'), { recursive: true })
  writeFileSync(join(source, 'd', 'f'), Buffer.alloc(300_000, 7), { mode: 0o600 })
  writeFileSync(join(source, `long-${'n'.repeat(200)}`), 'x')
  writeFileSync(Buffer.from(`${source}/\xff`, 'latin1'), 'not UTF-8')
  symlinkSync('/nowhere', join(source, 'l'))
  chmodSync(join(source, 'd'), 0o500)
  const pieces: Uint8Array[] = []
  for await (const piece of packLocal(`${source}/.`, '.')) pieces.push(piece)
  mkdirSync(join(folder.path, 'copy'))
  unpack(join(folder.path, 'copy'), Buffer.concat(pieces), { archive: undefined, copy: undefined })
  const listed = (root: string) =>
    ['d', 'd/f', `long-${'n'.repeat(200)}`, 'l'].map((name) => {
      const { mode, size, mtimeMs } = lstatSync(join(root, name))
      return [name, mode, size, Math.trunc(mtimeMs)]
    })
  assert.deepEqual(listed(join(folder.path, 'copy')), listed(source))
  assert.equal(existsSync(Buffer.from(`${folder.path}/copy/\xff`, 'latin1')), true)
  assert.deepEqual(readFileSync(join(folder.path, 'copy/d/f')), readFileSync(join(source, 'd/f')))
})
