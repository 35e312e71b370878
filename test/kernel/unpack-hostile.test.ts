/**
 * Archives that lie, U1 to U7 of the list of attacks. A folder outside, its files and the host's own are looked at after each. The names of
 * U1 and U2 are those of containerd's tests of its unpacker, where each was once an escape of some program.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import type { UnpackLayerOptions } from '../../helper/archive/archive.ts'
import { type RawEntry, rawEntry, rawTar } from '../../helper/archive/testing/raw-tar.ts'
import { listTree, makeUnpackPlace, skipUnlessRoot, unpackBlob, unpackCode } from '../support/unpacking.ts'

const options = { skip: skipUnlessRoot }

interface Attack {
  /** `OUT` stands for a folder outside; it has a file `secret`. */
  readonly entries: readonly RawEntry[]
  /** The error's code, or the tree that comes of it. */
  readonly becomes: string | readonly string[]
}

const folder = (name: string): RawEntry => ({ name, type: '5', mode: 0o755 })
const file = (name: string, data = 'evil'): RawEntry => ({ name, data })
const symlink = (name: string, link: string): RawEntry => ({ name, type: '2', link })
const hardlink = (name: string, link: string): RawEntry => ({ name, type: '1', link })

const breakouts: Readonly<Record<string, Attack>> = {
  ParentName: { entries: [file('../evil')], becomes: 'bad-archive' },
  ParentNameInside: { entries: [file('a/../../evil')], becomes: 'bad-archive' },
  AbsoluteName: { entries: [file('/etc/passwd')], becomes: ['etc/', 'etc/passwd evil'] },
  AbsoluteParentName: { entries: [file('/../../etc/passwd')], becomes: 'bad-archive' },
  EmptyName: { entries: [file('')], becomes: 'bad-archive' },
  DotName: { entries: [file('./.')], becomes: 'bad-archive' },
  RootAsLink: { entries: [symlink('./', 'OUT')], becomes: 'bad-archive' },
  SymlinkAbsolute: { entries: [symlink('l', 'OUT'), file('l/secret')], becomes: 'bad-archive' },
  SymlinkUpAndOut: { entries: [folder('d'), symlink('d/l', '../../../../../../../../OUT'), file('d/l/secret')], becomes: 'bad-archive' },
  SymlinkToRoot: {
    entries: [symlink('l', '../../../../../../../../../..'), file('l/etc/passwd')],
    becomes: ['etc/', 'etc/passwd evil', 'l -> ../../../../../../../../../..'],
  },
  SymlinkMultipleAbsolute: {
    entries: [folder('slm'), symlink('slm/link', 'OUT'), symlink('slm/two', 'link'), file('slm/two/secret')],
    becomes: 'bad-archive',
  },
  SymlinkMultipleRelative: {
    entries: [folder('slm'), symlink('slm/link', '/../../../..'), symlink('slm/two', 'link/..'), file('slm/two/owned')],
    becomes: ['owned evil', 'slm/', 'slm/link -> /../../../..', 'slm/two -> link/..'],
  },
  SymlinkEmptyFile: { entries: [symlink('empty', 'OUT/secret'), file('empty', '')], becomes: ['empty '] },
  SymlinkParentDirectory: { entries: [symlink('slparent', '/../../OUT'), file('slparent/secret')], becomes: 'bad-archive' },
  SymlinkEmptyFilename: { entries: [symlink('', 'OUT'), file('')], becomes: 'bad-archive' },
  SymlinkEmptyTarget: { entries: [symlink('l', '')], becomes: 'bad-archive' },
  SymlinkParentRelative: {
    entries: [folder('d'), symlink('d/l', '../../..'), file('d/l/x')],
    becomes: ['d/', 'd/l -> ../../..', 'x evil'],
  },
  SymlinkSlashEnded: { entries: [symlink('slend/', 'OUT'), file('slend/secret')], becomes: 'bad-archive' },
  SymlinkOverrideDirectory: { entries: [folder('d'), file('d/x'), symlink('d', 'OUT'), file('d/secret')], becomes: 'bad-archive' },
  SymlinkOverrideDirectoryRelative: { entries: [folder('d'), symlink('d', '../../OUT'), file('d/secret')], becomes: 'bad-archive' },
  SymlinkOverridePath: { entries: [folder('a/b'), symlink('a', 'OUT'), file('a/b/secret')], becomes: 'bad-archive' },
  SymlinkProc: { entries: [symlink('l', '/proc/self/root'), file('l/x')], becomes: 'bad-archive' },
  SymlinkDescriptor: {
    entries: [symlink('l', '/proc/self/fd/5'), file('l/x'), symlink('m', '/dev/fd/5'), file('m/x')],
    becomes: 'bad-archive',
  },
  SymlinkLoop: { entries: [symlink('a', 'b'), symlink('b', 'a'), file('a/x')], becomes: 'bad-archive' },
  HardlinkRelative: { entries: [folder('d'), hardlink('d/l', '../OUT/secret')], becomes: 'bad-archive' },
  HardlinkDownAndOut: { entries: [folder('d'), hardlink('l', 'd/../../OUT/secret')], becomes: 'bad-archive' },
  HardlinkAbsolute: { entries: [hardlink('l', 'OUT/secret')], becomes: 'bad-archive' },
  HardlinkPasswd: { entries: [hardlink('l', '/etc/passwd')], becomes: 'bad-archive' },
  HardlinkRelativeLong: { entries: [hardlink('l', `${'../'.repeat(20)}etc/passwd`)], becomes: 'bad-archive' },
  HardlinkRelativeUpAndOut: { entries: [hardlink('d/l', '../../../OUT/secret')], becomes: 'bad-archive' },
  HardlinkDirectRelative: { entries: [hardlink('l', '../OUT/secret'), file('l')], becomes: 'bad-archive' },
  HardlinkDirectAbsolute: { entries: [hardlink('l', 'OUT/secret'), file('l')], becomes: 'bad-archive' },
  HardlinkSymlinkBeforeCreateTarget: { entries: [hardlink('l', 'OUT'), file('l/secret')], becomes: 'bad-archive' },
  HardlinkSymlinkRelative: {
    entries: [symlink('s', '../../OUT/secret'), hardlink('h', 's'), file('h')],
    becomes: ['h evil', 's -> ../../OUT/secret'],
  },
  HardlinkSymlinkAbsolute: { entries: [symlink('s', 'OUT/secret'), hardlink('h', 's'), file('h')], becomes: ['h evil', 's -> OUT/secret'] },
  HardlinkThroughSymlink: { entries: [symlink('s', 'OUT'), hardlink('h', 's/secret'), file('h')], becomes: 'bad-archive' },
  HardlinkSymlinkChmod: {
    entries: [symlink('s', 'OUT/secret'), { ...hardlink('h', 's'), mode: 0o777, uid: 5 }],
    becomes: ['h -> OUT/secret', 's -> OUT/secret'],
  },
  HardlinkToFolder: { entries: [folder('d'), hardlink('h', 'd')], becomes: 'bad-archive' },
  HardlinkToItself: { entries: [file('a'), hardlink('./a', 'a')], becomes: 'bad-archive' },
  DirectoryOverrideSymlink: { entries: [symlink('d', 'OUT'), folder('d'), file('d/secret')], becomes: ['d/', 'd/secret evil'] },
  DirectoryOverrideSymlinkAndHardlink: {
    entries: [symlink('d', 'OUT'), hardlink('h', 'd'), folder('d'), file('d/secret')],
    becomes: ['d/', 'd/secret evil', 'h -> OUT'],
  },
  FileAsParent: { entries: [file('a'), file('a/b')], becomes: 'bad-archive' },
  DeviceAsParent: { entries: [{ name: 'a', type: '3', major: 1, minor: 3 }, file('a/b')], becomes: 'bad-archive' },
}

// What lies outside is not reached by its own name either: within, a link to it leads nowhere, or to what the archive itself made there.
const whiteouts: Readonly<Record<string, Attack>> = {
  WhiteoutRoot: { entries: [file('.wh.')], becomes: 'bad-archive' },
  WhiteoutRootParent: { entries: [file('.wh...')], becomes: 'bad-archive' },
  WhiteoutParent: { entries: [folder('d'), file('d/.wh...')], becomes: 'bad-archive' },
  WhiteoutCurrentDirectory: { entries: [folder('d'), file('d/.wh..')], becomes: 'bad-archive' },
  WhiteoutUp: { entries: [file('../.wh.secret')], becomes: 'bad-archive' },
  WhiteoutSymlink: { entries: [symlink('l', 'OUT'), file('.wh.l')], becomes: ['l -> OUT'] },
  WhiteoutSymlinkPath: { entries: [symlink('l', 'OUT'), file('l/.wh.secret')], becomes: 'bad-archive' },
  WhiteoutDirectoryName: { entries: [file('.wh.x/secret')], becomes: 'bad-archive' },
  WhiteoutDirectoryDots: { entries: [file('.wh.../secret')], becomes: 'bad-archive' },
  WhiteoutDeadSymlinkParent: { entries: [symlink('l', '/nowhere'), file('l/.wh.x')], becomes: 'bad-archive' },
  WhiteoutRelativePath: { entries: [folder('d'), file('d/../../.wh.secret')], becomes: 'bad-archive' },
  OpaqueOutside: { entries: [symlink('l', 'OUT'), file('l/.wh..wh..opq')], becomes: 'bad-archive' },
  OpaqueUp: { entries: [file('../.wh..wh..opq')], becomes: 'bad-archive' },
  WhiteoutBelowFile: { entries: [file('f'), file('f/.wh.x'), file('f/d/.wh.y'), file('f/.wh..wh..opq')], becomes: ['f evil'] },
  WhiteoutBelowMark: { entries: [file('.wh.d'), file('d/.wh.x')], becomes: ['d char 0:0'] },
  AufsNotes: { entries: [file('.wh..wh.plnk/1.2'), file('.wh..wh.aufs')], becomes: [] },
  OverlayDevice: { entries: [{ name: 'gone', type: '3', major: 0, minor: 0 }], becomes: 'bad-archive' },
  OverlayAttribute: { entries: [{ ...folder('d'), pax: { 'SCHILY.xattr.trusted.overlay.opaque': 'y' } }], becomes: 'bad-archive' },
  OverlayRedirect: { entries: [{ ...folder('d'), pax: { 'SCHILY.xattr.trusted.overlay.redirect': '/etc' } }], becomes: 'bad-archive' },
  OverlayUserAttribute: { entries: [{ ...file('d'), pax: { 'SCHILY.xattr.user.overlay.whiteout': 'y' } }], becomes: 'bad-archive' },
}

function aim(entries: readonly RawEntry[], canary: string): RawEntry[] {
  const at = (text: string) => text.replace('OUT', canary)
  return entries.map((entry) => ({ ...entry, name: at(entry.name), ...(entry.link === undefined ? {} : { link: at(entry.link) }) }))
}

for (const [group, attacks] of Object.entries({ U1: breakouts, U2: whiteouts })) {
  for (const [name, { entries, becomes }] of Object.entries(attacks)) {
    test(`${group} ${name}`, options, async (context) => {
      const place = makeUnpackPlace(context)
      const code = await unpackCode(place, rawTar(aim(entries, place.canary)))
      if (typeof becomes === 'string') assert.equal(code, becomes)
      else {
        assert.equal(code, 'none')
        assert.deepEqual(
          listTree(place.folder),
          becomes.map((line) => line.replace('OUT', place.canary)),
        )
      }
    })
  }
}

test('U1 a folder that is swapped for a link before it is begun', options, async (context) => {
  const place = makeUnpackPlace(context)
  const link = join(place.path, 'swapped')
  symlinkSync(place.canary, link)
  await assert.rejects(unpackBlob({ ...place, folder: link }, rawTar([file('secret')])))
})

test('U3 metadata is never set through a link', options, async (context) => {
  const place = makeUnpackPlace(context)
  const entries = [
    { ...symlink('l', `${place.canary}/secret`), mode: 0o777, uid: 7, gid: 8, mtime: 5 },
    { ...symlink('d', place.canary), mode: 0o777, uid: 7, gid: 8, mtime: 5 },
    { ...symlink('in', 'target'), mode: 0o777, uid: 7, gid: 8, mtime: 5 },
    { ...file('target'), mode: 0o600, mtime: 9 },
  ]
  await unpackBlob(place, rawTar(entries))
  assert.equal(lstatSync(join(place.folder, 'in')).uid, 7)
  assert.equal(lstatSync(join(place.folder, 'in')).mtimeMs, 5000)
  const { mode, uid, mtimeMs } = statSync(join(place.folder, 'target'))
  assert.deepEqual([mode & 0o7777, uid, mtimeMs], [0o600, 0, 9000])
})

test('U3 labels and trusted attributes of another machine are dropped', options, async (context) => {
  const place = makeUnpackPlace(context)
  const pax = {
    'SCHILY.xattr.trusted.evil': 'x',
    'SCHILY.xattr.security.selinux': 'x',
    'SCHILY.xattr.security.ima': 'x',
    'SCHILY.xattr.user.kept': 'x',
  }
  await unpackBlob(place, rawTar([{ ...file('a'), pax }]))
  const found = execFileSync('getfattr', ['-d', '-m', '-', 'a'], { cwd: place.folder, encoding: 'utf8' })
  assert.deepEqual(
    found.split('\n').filter((line) => line.includes('=')),
    ['user.kept="x"'],
  )
})

test('U4 names that other systems take for the same are two', options, async (context) => {
  const place = makeUnpackPlace(context)
  const names = ['straße', 'strasse', 'caf\u00e9', 'cafe\u0301', 'ﬁ', 'fi', 'A', 'a', 'a ', 'a.', 'a\\b', 'c:d', 'x'].map((name) =>
    Buffer.from(name).toString('latin1'),
  )
  await unpackBlob(place, rawTar([...names.map((name) => file(name, name.length.toString())), symlink('x', 'y'), file('X')]))
  assert.equal(listTree(place.folder).length, names.length + 1)
})

interface Bomb {
  readonly blob: () => Buffer
  readonly limits?: UnpackLayerOptions['limits']
  readonly code: string
}

const big = (type: string) => rawEntry({ name: 'big', type, size: Buffer.from([0x80, 0, 0, 0, 0, 0, 0x7f, 0, 0, 0, 0, 0]) })
const bombs: Readonly<Record<string, Bomb>> = {
  'a file larger than any disk': { blob: () => big('0'), code: 'archive-too-large' },
  'more bytes than are allowed': { blob: () => rawTar([file('a', 'x'.repeat(2000))]), limits: { bytes: 1000 }, code: 'archive-too-large' },
  'holes that count': {
    blob: () => rawTar([{ name: 'a', pax: { 'GNU.sparse.size': String(2 ** 50), 'GNU.sparse.map': '' } }]),
    code: 'archive-too-large',
  },
  'more entries than are allowed': {
    blob: () => rawTar([file('a'), file('b'), file('c')]),
    limits: { entries: 2 },
    code: 'archive-too-many-entries',
  },
  'more folders on the way than are allowed': {
    blob: () => rawTar([{ name: 'a', pax: { path: `${'d/'.repeat(100)}a` } }]),
    limits: { entries: 50 },
    code: 'archive-too-many-entries',
  },
  'zstd that unpacks to far more than it is': {
    blob: () => zstdCompressSync(Buffer.concat([rawEntry({ name: 'a', size: 200 << 20 }), Buffer.alloc(200 << 20)])),
    code: 'archive-ratio',
  },
  'gzip that unpacks to more than is allowed': {
    blob: () => gzipSync(Buffer.concat([rawEntry({ name: 'a', size: 50 << 20 }), Buffer.alloc(50 << 20)])),
    limits: { ratio: 100 },
    code: 'archive-ratio',
  },
  'an extended header without end': { blob: () => rawEntry({ name: 'x', type: 'x', size: 2 ** 33 - 1 }), code: 'archive-header-too-large' },
  'a long name without end': { blob: () => rawEntry({ name: 'x', type: 'L', size: 2 ** 33 - 1 }), code: 'archive-header-too-large' },
  'a path that is too long': { blob: () => rawTar([{ name: 'x', pax: { path: 'd/'.repeat(2049) } }]), code: 'archive-path-too-long' },
  'a name that is too long': { blob: () => rawTar([{ name: 'x', pax: { path: 'n'.repeat(256) } }]), code: 'bad-archive' },
  'a path that links make too long': {
    blob: () => {
      const down = 'd/'.repeat(1000)
      const links = [1, 2, 3].flatMap((turn) => [
        { name: 'x', type: '5', mode: 0o755, pax: { path: `${turn > 1 ? `l${turn - 1}/` : ''}${down}` } },
        { name: `l${turn}`, type: '2', pax: { linkpath: `${turn > 1 ? `l${turn - 1}/` : ''}${down}` } },
      ])
      return rawTar([...links, file('l3/x')])
    },
    code: 'archive-path-too-long',
  },
  'an attribute that is too long': {
    blob: () => rawTar([{ name: 'a', pax: { 'SCHILY.xattr.user.a': 'v'.repeat(70_000) } }]),
    code: 'bad-archive',
  },
  'more opaque folders than anybody has': {
    blob: () => rawTar(Array.from({ length: 20_001 }, (_, index) => file(`${index}/.wh..wh..opq`, ''))),
    code: 'archive-too-many-entries',
  },
}

for (const [name, { blob, limits, code }] of Object.entries(bombs)) {
  test(`U5 ${name}`, options, async (context) => {
    const place = makeUnpackPlace(context)
    assert.equal(await unpackCode(place, blob(), limits === undefined ? {} : { limits }), code)
  })
}

test('U5 a disk that would be full is said to be, before it is', options, async (context) => {
  const place = makeUnpackPlace(context)
  const small = join(place.path, 'small')
  mkdirSync(small)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', small])
  try {
    const inside = { ...place, folder: join(small, 'layer') }
    mkdirSync(inside.folder)
    const blob = gzipSync(rawTar([file('a', 'x'.repeat(1 << 20)), file('b', 'x'.repeat(20 << 20))]))
    assert.equal(await unpackCode(inside, blob), 'no-space')
    assert.deepEqual(
      listTree(inside.folder).map((line) => line.slice(0, 1)),
      ['a'],
    )
  } finally {
    execFileSync('umount', [small])
  }
})

/** The most memory that a process of this one's took meanwhile, in MiB. */
async function peakOf(run: (look: () => void) => Promise<unknown>): Promise<number> {
  let peak = 0
  const look = () => {
    for (const child of readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ')) {
      const status = readIfThere(`/proc/${child}/status`)
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
    }
  }
  await run(look)
  return peak
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // the process is gone
  }
}

test('U6 padding without end behind the archive takes no memory', options, async (context) => {
  const place = makeUnpackPlace(context)
  const path = join(place.path, 'padded')
  writeFileSync(path, rawTar([file('a', 'x')]))
  truncateSync(path, 2 ** 30)
  const peak = await peakOf((look) => unpackBlob(place, path, { onProgress: look }))
  assert.deepEqual(listTree(place.folder), ['a x'])
  assert.ok(peak > 20 && peak < 160, `${peak} MiB`)
})

test('U5 a window of 128 MiB and many files take a bounded amount of memory', options, async (context) => {
  const place = makeUnpackPlace(context)
  const entries = Array.from({ length: 30_000 }, (_, index) => ({ name: `d${index % 300}/f${index}`, data: 'y'.repeat(index % 700) }))
  const blob = zstdCompressSync(rawTar(entries), { params: { [constants.ZSTD_c_windowLog]: 27 } })
  const peak = await peakOf((look) => unpackBlob(place, blob, { onProgress: look }))
  assert.ok(peak < 256, `${peak} MiB`)
})

const lies: Readonly<Record<string, readonly RawEntry[]>> = {
  'a negative size': [{ name: 'a', size: Buffer.alloc(12, 0xff) }],
  'a size that is no number': [{ name: 'a', size: Buffer.from('12x45678901\0') }],
  'a size that no program can count': [{ name: 'a', size: Buffer.from([0x80, ...Buffer.alloc(11, 0x7f)]) }],
  'a NUL in a long name': [{ name: 'a', pax: { path: 'good\0evil' } }],
  'an owner that cannot be': [{ name: 'a', pax: { uid: '4294967295' } }],
  'a device that cannot be': [{ name: 'a', type: '3', major: 0o777777, minor: 3 }],
  'a global header that renames all': [{ name: 'g', type: 'g', data: '13 path=evil\n' }],
  'a type that nobody knows': [{ name: 'a', type: '?' }],
}

for (const [name, entries] of Object.entries(lies)) {
  test(`U7 ${name}`, options, async (context) => {
    assert.equal(await unpackCode(makeUnpackPlace(context), rawTar(entries)), 'bad-archive')
  })
}

test('U7 a header within the data of a folder or link is no data', options, async (context) => {
  const place = makeUnpackPlace(context)
  // Readers that skip a link's data and those that do not would see different files: the size of what has no data counts for nothing.
  await unpackBlob(place, Buffer.concat([rawEntry({ name: 'l', type: '2', link: 'x', size: 512 }), rawTar([file('seen', 'x')])]))
  assert.deepEqual(listTree(place.folder), ['l -> x', 'seen x'])
})
