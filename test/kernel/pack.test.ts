/** Files of containers and layers as archives: all that is in them, and nothing of anybody else's. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { PockerError } from '../../helper/api/errors.ts'
import { packLayer } from '../../helper/archive/pack-layer.ts'
import { packRoot } from '../../helper/archive/pack-root.ts'
import { readPath } from '../../helper/archive/read-path.ts'
import { statPath } from '../../helper/archive/stat-path.ts'
import { makeEverything } from '../support/everything-tree.ts'
import { describeTree, listTree, makeUnpackPlace, sha256, skipUnlessRoot, type UnpackPlace, unpackBlob } from '../support/unpacking.ts'

const options = { skip: skipUnlessRoot }

/** What GNU tar makes of an archive, in a folder of the place. */
function extract(place: UnpackPlace, archive: Buffer, name = 'gnu'): string {
  const folder = join(place.path, name)
  mkdirSync(folder, { mode: 0o755 })
  const flags = ['--numeric-owner', '--same-owner', '-p', '--xattrs', '--xattrs-include=*', '--warning=no-timestamp']
  execFileSync('tar', ['-C', folder, ...flags, '-xf', '-'], { input: archive })
  return folder
}

/** All that is known of a tree but for what Docker leaves out as well: access control lists, and that two names are one symlink. */
function packable(folder: string): string[] {
  return describeTree(folder)
    .map((line) => line.replaceAll(/\nsystem\.posix_acl_\w+=\w+/g, '').replace(/ \d link(-to-link)? usr/, ' usr'))
    .filter((line) => !/^# file: [^\n]*$/.test(line))
}

/** Without the root itself, which an archive of a container's root does not have. */
function belowRoot(folder: string): string[] {
  return packable(folder).filter((line) => !line.startsWith(' ') && !line.startsWith('# file: .\n'))
}

interface Stopped extends UnpackPlace {
  readonly layers: readonly string[]
  readonly upper: string
  readonly lower: string
}

/** The files of a container that does not run. */
function makeStopped(context: TestContext): Stopped {
  const place = makeUnpackPlace(context)
  const [upper = '', lower = ''] = ['upper', 'lower'].map((name) => join(place.path, name))
  for (const path of [upper, join(lower, 'etc'), join(lower, 'data/inner')]) mkdirSync(path, { recursive: true })
  writeFileSync(join(lower, 'etc/passwd'), 'container')
  writeFileSync(join(lower, 'data/file'), 'content')
  symlinkSync('/etc/passwd', join(lower, 'data/absolute'))
  symlinkSync('../../../../../../../etc/passwd', join(lower, 'data/relative'))
  symlinkSync('data', join(lower, 'link'))
  symlinkSync('round', join(lower, 'round'))
  symlinkSync(place.canary, join(lower, 'out'))
  symlinkSync('/proc/self/root/etc', join(lower, 'magic'))
  return { ...place, layers: [lower], upper, lower }
}

async function namesIn(archive: Readable): Promise<string[]> {
  const bytes = await buffer(archive)
  return execFileSync('tar', ['-tf', '-'], { input: bytes, encoding: 'utf8' }).trim().split('\n')
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

test('a root of everything is, unpacked by GNU tar, what it was', options, async (context) => {
  const place = makeUnpackPlace(context)
  makeEverything(place.folder)
  const archive = await buffer(await packRoot({ layers: [place.folder] }, {}))
  assert.deepEqual(belowRoot(extract(place, archive)), belowRoot(place.folder))
})

test('a layer of everything is, unpacked as a layer, what it was', options, async (context) => {
  const place = makeUnpackPlace(context)
  const source = join(place.path, 'source')
  mkdirSync(source, { mode: 0o755 })
  makeEverything(source)
  const archive = await buffer(await packLayer(source, {}))
  await unpackBlob(place, archive)
  assert.deepEqual(belowRoot(place.folder), belowRoot(source))
  assert.equal(sha256(await buffer(await packLayer(source, {}))), sha256(archive), 'the same files give the same bytes')
})

test('what overlayfs has marked goes as whiteouts and comes back as marks', options, async (context) => {
  const place = makeUnpackPlace(context)
  const at = (name: string): string => join(place.path, name)
  for (const name of ['upper', 'work', 'merged', 'lower/gone', 'lower/kept', 'lower/new']) mkdirSync(at(name), { recursive: true })
  for (const name of ['gone/a', 'kept/b', 'kept/c', 'new/d', 'top']) writeFileSync(at(`lower/${name}`), name)
  execFileSync('mount', [
    '-t',
    'overlay',
    'overlay',
    '-o',
    `lowerdir=${at('lower')},upperdir=${at('upper')},workdir=${at('work')}`,
    at('merged'),
  ])
  try {
    const script = 'rm -r gone top kept/b; rm -r new; mkdir new; echo 1 >new/e; echo 2 >kept/f'
    execFileSync('sh', ['-c', script], { cwd: at('merged') })
  } finally {
    execFileSync('umount', [at('merged')])
  }
  const archive = await buffer(await packLayer(at('upper'), {}))
  const names = execFileSync('tar', ['-tf', '-'], { input: archive, encoding: 'utf8' }).split('\n')
  for (const name of ['.wh.gone', '.wh.top', 'kept/.wh.b', 'new/.wh..wh..opq'])
    assert.ok(
      names.some((each) => each.endsWith(name)),
      name,
    )
  await unpackBlob(place, archive)
  const marks = 'gone char 0:0,kept/,kept/b char 0:0,kept/f 2\n,new/,new/e 1\n,top char 0:0'
  assert.equal(listTree(place.folder).join(), marks)
  const attributes = execFileSync('getfattr', ['-d', '-m', 'trusted', 'new'], { cwd: place.folder, encoding: 'utf8' })
  assert.match(attributes, /trusted\.overlay\.opaque="y"/)
})

test('links on the way lead within the container, and one at the end is itself', options, async (context) => {
  const { layers, upper } = makeStopped(context)
  const view = { layers, upper }
  assert.deepEqual(await namesIn((await readPath(view, '/link/inner', {})).archive), ['inner/'])
  const link = await readPath(view, '/data/absolute', {})
  assert.deepEqual([link.stat.name, link.stat.linkTarget], ['absolute', '/etc/passwd'])
  assert.deepEqual(await namesIn(link.archive), ['absolute'])
  assert.deepEqual((await namesIn((await readPath(view, '/link/', {})).archive)).includes('link/file'), true)
  assert.deepEqual((await namesIn((await readPath(view, '/data/.', {})).archive)).sort()[0], './')
  assert.equal((await statPath(view, '/../../etc/passwd')).size, 'container'.length)
})

test('what is not there, and links in a circle', options, async (context) => {
  const { layers, upper } = makeStopped(context)
  for (const [path, code] of [
    ['/nowhere', 'path-missing'],
    ['/data/file/', 'path-missing'],
    ['/round/x', 'path-unusable'],
    ['/a\0b', 'path-unusable'],
  ] as const) {
    assert.equal(await codeOf(readPath({ layers, upper }, path, {})), code, path)
    assert.equal(await codeOf(statPath({ layers, upper }, path)), code, path)
  }
})

test("links to the host's files lead to none of them", options, async (context) => {
  const { layers, upper, canary } = makeStopped(context)
  const secret = readdirSync(canary)[0] ?? ''
  for (const path of [`/out/${secret}`, '/out/', '/magic/shadow', `${canary}/${secret}`]) {
    assert.match(await codeOf(readPath({ layers, upper }, path, {})), /^path-(missing|unusable)$/, path)
  }
  const names = await namesIn(await packRoot({ layers, upper }, {}))
  assert.ok(names.includes('out') && !names.some((name) => name.startsWith('out/')))
})

test('folders and files that are mounted are seen, also read-only and in one another', options, async (context) => {
  const { layers, upper, path: place } = makeStopped(context)
  const volume = join(place, 'volume')
  mkdirSync(volume)
  writeFileSync(join(volume, 'in-volume'), '1')
  writeFileSync(join(place, 'hosts'), 'hosts of the container')
  const mounts = [
    { source: volume, destination: '/data/inner', readOnly: true },
    { source: join(place, 'hosts'), destination: '/etc/hosts', readOnly: false },
    { source: volume, destination: '/new/place', readOnly: false },
  ]
  const view = { layers, upper, mounts }
  assert.deepEqual(await namesIn((await readPath(view, '/data/inner', {})).archive), ['inner/', 'inner/in-volume'])
  assert.equal((await statPath(view, '/etc/hosts')).size, 'hosts of the container'.length)
  assert.equal((await statPath(view, '/new/place/in-volume')).size, 1)
  const gone = { layers, upper, mounts: [{ source: join(place, 'gone'), destination: '/x', readOnly: true }] }
  assert.equal(await codeOf(statPath(gone, '/etc')), 'mount-source-missing')
})

test('looking leaves no trace in the container and no mount on the host', options, async (context) => {
  const { layers, upper, lower } = makeStopped(context)
  const before = [describeTree(upper), describeTree(lower), readFileSync('/proc/self/mountinfo', 'utf8')]
  const view = { layers, upper, mounts: [{ source: lower, destination: '/not/there/yet', readOnly: true }] }
  await statPath(view, '/etc')
  await buffer((await readPath(view, '/', {})).archive)
  await buffer(await packRoot(view, {}))
  await buffer(await packLayer(upper, {}))
  assert.deepEqual([describeTree(upper), describeTree(lower), readFileSync('/proc/self/mountinfo', 'utf8')], before)
})

test('a name that is swapped for a link all the time never leads outside', options, async (context) => {
  const { layers, upper, lower, canary } = makeStopped(context)
  const secret = readFileSync(join(canary, readdirSync(canary)[0] ?? ''))
  mkdirSync(join(upper, 'swap'))
  const swap = join(upper, 'swap/name')
  let isOver = false
  const swapping = (async () => {
    for (let turn = 0; !isOver; turn++) {
      const next = join(lower, '..', `next-${turn}`)
      if (turn % 2 === 0) symlinkSync(canary, next)
      else mkdirSync(next)
      if (existsSync(swap)) renameSync(swap, join(lower, '..', `old-${turn}`))
      renameSync(next, swap)
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  try {
    for (let round = 0; round < 8; round++) {
      const archive = await readPath({ layers, upper }, '/swap', {})
        .then(({ archive }) => buffer(archive))
        .catch(() => Buffer.alloc(0))
      assert.ok(!archive.includes(secret))
    }
  } finally {
    isOver = true
    await swapping
  }
})

test('whoever stops reading ends the process', options, async (context) => {
  const { layers, upper } = makeStopped(context)
  for (let index = 0; index < 20; index++) writeFileSync(join(upper, `large-${index}`), Buffer.alloc(4 << 20))
  const children = (): number => readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).length
  const before = children()
  const gone = new AbortController()
  const archive = await packRoot({ layers, upper }, { signal: gone.signal })
  for await (const _ of archive) break
  const other = await packRoot({ layers, upper }, { signal: gone.signal })
  gone.abort()
  await assert.rejects(buffer(other), { code: 'cancelled' })
  while (children() > before) await new Promise((resolve) => setTimeout(resolve, 5))
  unlinkSync(join(upper, 'large-0'))
})
