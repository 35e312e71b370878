/** `docker cp` into a container's files: as Docker does it, and never out of them. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, copyFileSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { PockerError } from '../../helper/api/errors.ts'
import type { RootView, WritePathOptions } from '../../helper/archive/archive.ts'
import { type RawEntry, rawTar } from '../../helper/archive/testing/raw-tar.ts'
import { writePath } from '../../helper/archive/write-path.ts'
import { call } from '../../helper/linux/call.ts'
import { listTree, makeUnpackPlace, skipUnlessRoot, type UnpackPlace } from '../support/unpacking.ts'

const options = { skip: skipUnlessRoot }

interface Stopped extends UnpackPlace {
  readonly view: Extract<RootView, { layers: readonly string[] }>
  readonly upper: string
  readonly lower: string
}

/** The files of a container that does not run. */
function makeStopped(context: TestContext): Stopped {
  const place = makeUnpackPlace(context)
  const [upper, work, lower] = ['upper', 'work', 'lower'].map((name) => join(place.path, name))
  assert.ok(upper && work && lower)
  for (const path of [upper, work, lower, join(lower, 'etc'), join(lower, 'data/inner')]) mkdirSync(path, { recursive: true })
  writeFileSync(join(lower, 'etc/passwd'), 'container')
  writeFileSync(join(lower, 'data/file'), 'old')
  symlinkSync('/etc', join(lower, 'data/absolute'))
  symlinkSync('data', join(lower, 'link'))
  symlinkSync(place.canary, join(lower, 'out'))
  return { ...place, view: { layers: [lower], upper, work }, upper, lower }
}

function copy(view: RootView, path: string, archive: readonly RawEntry[] | Buffer, more: Partial<WritePathOptions> = {}): Promise<void> {
  const bytes = Buffer.isBuffer(archive) ? archive : rawTar(archive)
  return writePath(view, path, { archive: Readable.from([bytes]), noOverwriteDirNonDir: false, copyUidGid: false, ...more })
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'none'
  } catch (error) {
    assert.ok(error instanceof PockerError, String(error))
    return error.code
  }
}

test('files come into the folder, and belong to root', options, async (context) => {
  const { view, upper } = makeStopped(context)
  await copy(view, '/data', [
    { name: 'new', data: '1', uid: 5, gid: 6, mode: 0o4755, mtime: 7 },
    { name: 'file', data: '2' },
  ])
  assert.deepEqual(listTree(upper), ['data/', 'data/file 2', 'data/new 1'])
  const { uid, gid, mode, mtimeMs } = statSync(join(upper, 'data/new'))
  assert.deepEqual([uid, gid, mode & 0o7777, mtimeMs], [0, 0, 0o4755, 7000])
})

test("with copyUidGid owners are the archive's", options, async (context) => {
  const { view, upper } = makeStopped(context)
  await copy(view, '/data/', [{ name: 'new', uid: 5, gid: 6 }], { copyUidGid: true })
  const { uid, gid } = statSync(join(upper, 'data/new'))
  assert.deepEqual([uid, gid], [5, 6])
})

test('a compressed archive is as good', options, async (context) => {
  const { view, upper } = makeStopped(context)
  await copy(view, '/', gzipSync(rawTar([{ name: 'a', data: 'x'.repeat(10) }])))
  assert.deepEqual(listTree(upper), ['a xxxxxxxxxx'])
})

test('links on the way lead where the container sees them lead', options, async (context) => {
  const { view, upper } = makeStopped(context)
  await copy(view, '/link/absolute', [{ name: 'hosts', data: '1' }])
  await copy(view, '/data', [{ name: 'absolute/shadow', data: '2' }])
  assert.deepEqual(listTree(upper), ['etc/', 'etc/hosts 1', 'etc/shadow 2'])
})

test('names like whiteouts are names', options, async (context) => {
  const { view, upper } = makeStopped(context)
  await copy(view, '/data', [{ name: '.wh.file', data: '1' }])
  assert.deepEqual(listTree(upper), ['data/', 'data/.wh.file 1'])
})

test('the folder itself stays as it is', options, async (context) => {
  const { view, upper, lower } = makeStopped(context)
  chmodSync(join(lower, 'data'), 0o711)
  await copy(view, '/data', [{ name: './', type: '5', mode: 0o777, uid: 9 }, { name: './a' }], { copyUidGid: true })
  const { mode, uid } = statSync(join(upper, 'data'))
  assert.deepEqual([mode & 0o7777, uid], [0o711, 0])
})

test('a folder takes the place of a file, and the other way round, only where that is wanted', options, async (context) => {
  const { view, upper } = makeStopped(context)
  const folderForFile: RawEntry[] = [{ name: 'file', type: '5', mode: 0o755 }]
  const fileForFolder: RawEntry[] = [{ name: 'inner', data: 'x' }]
  const linkForFolder: RawEntry[] = [{ name: 'inner', type: '2', link: 'x' }]
  for (const entries of [folderForFile, fileForFolder, linkForFolder]) {
    assert.equal(await codeOf(copy(view, '/data', entries, { noOverwriteDirNonDir: true })), 'wrong-kind')
  }
  assert.deepEqual(
    listTree(upper).filter((line) => !line.endsWith('/')),
    [],
  )
  await copy(view, '/data', folderForFile)
  await copy(view, '/data', fileForFolder)
  assert.deepEqual(listTree(upper), ['data/', 'data/file/', 'data/inner x'])
})

test('what is no folder, or nothing, is said to be', options, async (context) => {
  const { view } = makeStopped(context)
  assert.equal(await codeOf(copy(view, '/data/file', [])), 'not-a-folder')
  assert.equal(await codeOf(copy(view, '/data/file/', [])), 'not-a-folder')
  assert.equal(await codeOf(copy(view, '/nowhere', [])), 'path-missing')
  assert.equal(await codeOf(copy(view, '/nowhere/deep', [])), 'path-missing')
  assert.equal(await codeOf(copy(view, '/out', [])), 'path-missing')
})

const attacks: Readonly<Record<string, readonly RawEntry[]>> = {
  'a name that climbs': [{ name: '../../../../evil' }],
  'a link out': [{ name: 'l', type: '2', link: 'OUT' }, { name: 'l/secret' }],
  'a link out that was there': [{ name: 'out/secret' }],
  'a hard link out': [{ name: 'l', type: '1', link: '../etc/passwd' }],
  'a device that hides': [{ name: 'file', type: '3', major: 0, minor: 0 }],
}

for (const [name, entries] of Object.entries(attacks)) {
  test(`U1 ${name} is refused`, options, async (context) => {
    const { view, canary } = makeStopped(context)
    const aimed = entries.map((entry) => ({ ...entry, ...(entry.link === undefined ? {} : { link: entry.link.replace('OUT', canary) }) }))
    assert.equal(await codeOf(copy(view, '/', aimed)), 'bad-archive')
  })
}

test('an archive that ends early, or whose source fails, is an error', options, async (context) => {
  const { view } = makeStopped(context)
  assert.equal(await codeOf(copy(view, '/data', rawTar([{ name: 'a', data: 'x'.repeat(5000) }]).subarray(0, 3000))), 'bad-archive')
  const failing = Readable.from(
    (function* () {
      yield rawTar([{ name: 'a', data: 'x'.repeat(5000) }]).subarray(0, 3000)
      throw new RangeError('gone')
    })(),
  )
  await assert.rejects(writePath(view, '/data', { archive: failing, noOverwriteDirNonDir: false, copyUidGid: false }), RangeError)
})

test('while the archive does not come, it can be cancelled', options, async (context) => {
  const { view } = makeStopped(context)
  const stop = new AbortController()
  const archive = new Readable({ read: () => stop.abort() })
  assert.equal(
    await codeOf(writePath(view, '/', { archive, noOverwriteDirNonDir: false, copyUidGid: false, signal: stop.signal })),
    'cancelled',
  )
})

const busybox = '/bin/busybox'
const skipRunning = skipUnlessRoot || (existsSync(busybox) || existsSync('/usr/bin/busybox') ? false : 'needs busybox')

/** A process with a root of its own, and a mount in it. */
async function startRunning(context: TestContext): Promise<{ root: string; process: number; volume: string; child: ChildProcess }> {
  const place = makeUnpackPlace(context)
  const [root, volume] = [join(place.path, 'root'), join(place.path, 'volume')]
  for (const path of ['bin', 'old', 'volume', 'read-only', 'etc']) mkdirSync(join(root, path), { recursive: true })
  mkdirSync(volume)
  copyFileSync(existsSync(busybox) ? busybox : '/usr/bin/busybox', join(root, 'bin/busybox'))
  chmodSync(join(root, 'bin/busybox'), 0o755)
  symlinkSync(place.canary, join(root, 'out'))
  writeFileSync(join(root, 'etc/hosts'), '')
  const script = `mount --bind "$1" "$1" && mount --bind "$2" "$1/volume" && mount -t tmpfs -o ro none "$1/read-only" &&
    mount --bind "$1/etc/hosts" "$1/etc/hosts" && cd "$1" && pivot_root . old && exec /bin/busybox chroot . /bin/busybox sh -c '/bin/busybox umount -l /old; echo; exec /bin/busybox sleep 1000'`
  const child = spawn('unshare', ['-m', '--propagation', 'private', 'sh', '-ec', script, 'sh', root, volume], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  context.after(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  })
  await once(child.stdout, 'data')
  const process = call('pidfd_open', [child.pid ?? 0, 0], 'process')
  context.after(() => closeSync(process))
  return { root, process, volume, child }
}

test('in a running container its mounts are seen, its own and those that may not be written', { skip: skipRunning }, async (context) => {
  const { root, process, volume } = await startRunning(context)
  await copy({ process }, '/volume', [{ name: 'a', data: '1' }])
  await copy({ process }, '/etc', [{ name: 'b', data: '2' }])
  assert.deepEqual(listTree(volume), ['a 1'])
  assert.equal(readFileSync(join(root, 'etc/b'), 'utf8'), '2')
  assert.equal(await codeOf(copy({ process }, '/read-only', [{ name: 'a' }])), 'read-only')
  assert.equal(await codeOf(copy({ process }, '/etc', [{ name: 'hosts', data: 'x' }])), 'path-busy')
  assert.equal(await codeOf(copy({ process }, '/out', [{ name: 'secret' }])), 'path-missing')
  assert.equal(await codeOf(copy({ process }, '/', [{ name: 'out/secret' }])), 'bad-archive')
})

test('a container that has ended is said to have', { skip: skipRunning }, async (context) => {
  const { process, child } = await startRunning(context)
  child.kill('SIGKILL')
  await once(child, 'close')
  assert.equal(await codeOf(copy({ process }, '/', [])), 'container-not-running')
})

test('E10 links that are swapped meanwhile lead nowhere', { skip: skipRunning }, async (context) => {
  const { root, process } = await startRunning(context)
  const script = `while :; do ln -sfn "$1" "$2/race.new"; mv -T "$2/race.new" "$2/race" 2>/dev/null; rm -f "$2/race"; mkdir -p "$2/race"; rmdir "$2/race" 2>/dev/null; rm -rf "$2/race"; done`
  const swapper = spawn('sh', ['-c', script, 'sh', '/out', root], { stdio: 'ignore' })
  try {
    const codes = new Set<string>()
    for (let turn = 0; turn < 15; turn++) {
      const entries = Array.from({ length: 60 }, (_, index) => [
        { name: 'race', type: '5', mode: 0o777 },
        { name: `race/secret`, data: `${index}` },
      ]).flat()
      codes.add(await codeOf(copy({ process }, '/', entries)))
    }
    for (const code of codes) assert.ok(['none', 'bad-archive', 'path-busy'].includes(code), code)
  } finally {
    swapper.kill('SIGKILL')
    await once(swapper, 'close')
  }
})
