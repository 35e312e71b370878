/** Archives that others wrote and read: skopeo, podman, umoci and GNU tar; and the trees that come of them, entry by entry. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { debianImages, skopeo } from '../support/debian-image.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { type ImageEngine, startImageEngine, whyNoImages } from '../support/image-engine.ts'
import { loadImages, saveImages } from '../support/image-transfer.ts'
import { layerOf, layerOfFolder } from '../support/layers.ts'
import { mountLayers } from '../support/mounts.ts'
import { type WrittenImage, writeLayout } from '../support/oci-layout.ts'
import { startPodman } from '../support/podman.ts'
import { makeRootfs } from '../support/rootfs.ts'
import { runChecked } from '../support/run.ts'
import { compareTrees, readTree, type Tree, withoutTimesOf } from '../support/tree.ts'

const NAME = 'localhost/mixed:latest'
const kinds = join(import.meta.dirname, '../support/layer-kinds.sh')

describe('archives', { skip: whyNoImages() }, () => {
  let engine: ImageEngine
  let folder: TemporaryFolder
  /** Busybox, and two layers with every kind of entry and of replacement. */
  let mixed: WrittenImage
  let mixedTree: Tree
  let layers: readonly Buffer[]
  before(async () => {
    engine = await startImageEngine()
    folder = makeTemporaryFolder('interop')
    await using rootfs = await makeRootfs()
    for (const part of ['lower', 'upper']) await runChecked('bash', [kinds, part], { cwd: mkdir(join(folder.path, part)) })
    layers = await Promise.all([rootfs.path, join(folder.path, 'lower'), join(folder.path, 'upper')].map(layerOfFolder))
    const [written] = writeLayout(join(folder.path, 'mixed'), [{ name: NAME, layers, config: { Cmd: ['cat', '/file-to-folder/inside'] } }])
    if (written !== undefined) mixed = written
    await unpackByUmoci(join(folder.path, 'mixed'), NAME, join(folder.path, 'bundle'))
    mixedTree = await readTree(join(folder.path, 'bundle/rootfs'))
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
    await folder?.[Symbol.asyncDispose]()
  })
  afterEach(async () => {
    for (const { Id, RepoTags } of await engine.dockerode.listImages({ all: true }))
      if (!RepoTags?.includes('host:latest')) await engine.dockerode.getImage(Id).remove({ force: true })
  })

  const source = () => `oci:${folder.path}/mixed:${NAME}`
  const diffIds = () => mixed.layers.map(({ diffId }) => diffId)
  const load = async (file: string): Promise<string[]> => {
    const loaded = await loadImages(engine.socket, file)
    assert.deepEqual({ status: loaded.status, error: loaded.error }, { status: 200, error: undefined })
    return loaded.messages.flatMap(({ stream }) => (stream?.startsWith('Loaded image') ? [stream.trim()] : []))
  }
  const loadMixed = async (place: TemporaryFolder): Promise<void> => {
    const file = join(place.path, 'in.tar')
    await skopeo('copy', source(), `oci-archive:${file}:${NAME}`)
    assert.deepEqual(await load(file), [`Loaded image: ${NAME}`])
  }
  const treeOf = async (name: string): Promise<Tree> => {
    const { GraphDriver } = await engine.dockerode.getImage(name).inspect()
    const folders = new Map<string, unknown>(Object.entries(GraphDriver.Data))
    const found = ['UpperDir', 'LowerDir'].flatMap((place) => String(folders.get(place) ?? '').split(':'))
    await using merged = await mountLayers(found.filter((layer) => layer !== ''))
    return await readTree(merged.path)
  }

  test('the tree of a Debian image of five layers is that of umoci, entry by entry', async () => {
    const images = await debianImages()
    await using place = makeTemporaryFolder('app')
    const file = join(place.path, 'app.tar')
    await skopeo('copy', images.source('app'), `oci-archive:${file}:localhost/app:latest`)
    const begin = BigInt(Date.now()) * 1_000_000n
    assert.deepEqual(await load(file), ['Loaded image: localhost/app:latest'])
    const image = await engine.dockerode.getImage('localhost/app').inspect()
    const { manifest, config } = images.read('app')
    assert.deepEqual({ id: image.Id, layers: image.RootFS.Layers }, { id: manifest.config.digest, layers: config.rootfs.diff_ids })
    await unpackByUmoci(images.layout, 'app', join(place.path, 'bundle'))
    const tree = await treeOf('localhost/app')
    const theirs = await readTree(join(place.path, 'bundle/rootfs'))
    assert.ok(theirs.size > 5000)
    // umoci leaves out folders of which it changed nothing but what is deep in them: a layer that is unpacked alone has no time for these.
    const implied = [...tree].flatMap(([path, entry]) =>
      entry.startsWith('mode=40755 owner=0:0 ') && timeOf(entry) >= begin ? [path] : [],
    )
    assert.ok(implied.length < 100, `${implied.length} folders`)
    assert.deepEqual(compareTrees(withoutTimesOf(tree, implied), withoutTimesOf(theirs, implied)).slice(0, 20), [])
    const getcap = await engine.docker('run', '--rm', '--network', 'none', 'localhost/app', '/usr/sbin/getcap', '/usr/bin/curl')
    assert.match(getcap, /cap_net_bind_service=ep/)
  })

  test('every kind of entry and of replacement becomes what it becomes with umoci, however the layers are compressed', async () => {
    await using place = makeTemporaryFolder('kinds')
    for (const compression of ['gzip', 'zstd', 'none'] as const) {
      const [layout, file] = [join(place.path, compression), join(place.path, `${compression}.tar`)]
      writeLayout(layout, [{ name: NAME, layers, compression }])
      await runChecked('tar', ['-cf', file, '-C', layout, '.'])
      await load(file)
      const tree = await treeOf(NAME)
      assert.deepEqual(compareTrees(tree, mixedTree), [], compression)
      await engine.docker('rmi', NAME)
      if (compression !== 'gzip') continue
      assert.match(tree.get('capable') ?? '', /security\.capability=0x/)
      assert.deepEqual(
        [tree.has('opaque/old'), tree.has('gone'), tree.has('gone-folder'), tree.has('opaque/new')],
        [false, false, false, true],
      )
    }
  })

  test('what docker save wrote is read by skopeo, podman and umoci, and comes back as it was', async () => {
    await using place = makeTemporaryFolder('saved')
    const at = (name: string): string => join(place.path, name)
    await loadMixed(place)
    await engine.docker('save', '-o', at('saved.tar'), NAME)
    const inspected = JSON.parse(await skopeo('inspect', '--config', `docker-archive:${at('saved.tar')}:${NAME}`))
    assert.deepEqual(inspected.rootfs.diff_ids, diffIds())
    await skopeo('copy', `oci-archive:${at('saved.tar')}`, `dir:${at('by-skopeo')}`)
    assert.equal(JSON.parse(readFileSync(at('by-skopeo/manifest.json'), 'utf8')).config.digest, mixed.id)

    await using podman = startPodman()
    await podman.run('load', '--quiet', '-i', at('saved.tar'))
    const [seen] = JSON.parse(await podman.run('image', 'inspect', NAME))
    assert.equal(`sha256:${seen.Id}`, mixed.id)

    mkdirSync(at('layout'))
    await runChecked('tar', ['-xf', at('saved.tar'), '-C', at('layout')])
    const tags = (await runChecked('umoci', ['ls', '--layout', at('layout')])).trim().split('\n')
    assert.equal(tags.length, 1)
    await unpackByUmoci(at('layout'), tags[0] ?? '', at('bundle'))
    assert.deepEqual(compareTrees(await readTree(at('bundle/rootfs')), mixedTree), [])

    await engine.docker('rmi', NAME)
    assert.deepEqual(await load(at('saved.tar')), [`Loaded image: ${NAME}`])
    assert.equal((await engine.dockerode.getImage(NAME).inspect()).Id, mixed.id)
    assert.equal(await engine.docker('run', '--rm', '--network', 'none', NAME), 'b')
  })

  test('archives of podman and skopeo, in both formats, and a layout that umoci changed, load here', async () => {
    await using place = makeTemporaryFolder('others')
    const at = (name: string): string => join(place.path, name)
    // podman writes no docker-archive of layers with sparse files.
    const [written] = writeLayout(at('plain'), [{ name: NAME, layers: [layers[0], layers[2]].filter((layer) => layer !== undefined) }])
    const plain = () => engine.dockerode.getImage(NAME).inspect()
    const diffIds = written?.layers.map(({ diffId }) => diffId)
    await skopeo('copy', `oci:${at('plain')}:${NAME}`, `oci-archive:${at('plain.tar')}:${NAME}`)
    await using podman = startPodman()
    await podman.run('load', '--quiet', '-i', at('plain.tar'))
    for (const format of ['docker-archive', 'oci-archive']) {
      await podman.run('save', '--quiet', '--format', format, '-o', at(`${format}.tar`), NAME)
      assert.deepEqual(await load(at(`${format}.tar`)), [`Loaded image: ${NAME}`], format)
      assert.partialDeepStrictEqual(await plain(), { Id: written?.id, RootFS: { Layers: diffIds } })
      await engine.docker('rmi', NAME)
    }
    await skopeo('copy', `oci:${at('plain')}:${NAME}`, `docker-archive:${at('skopeo.tar')}:${NAME}`)
    assert.deepEqual(await load(at('skopeo.tar')), [`Loaded image: ${NAME}`])
    assert.partialDeepStrictEqual(await plain(), { RootFS: { Layers: diffIds } })
    await engine.docker('rmi', NAME)

    await runChecked('cp', ['-a', join(folder.path, 'mixed'), at('layout')])
    await unpackByUmoci(at('layout'), NAME, at('bundle'))
    rmSync(at('bundle/rootfs/opaque'), { recursive: true })
    writeFileSync(at('bundle/rootfs/kept'), 'by umoci\n')
    await runChecked('umoci', ['repack', '--image', `${at('layout')}:localhost/mixed:umoci`, at('bundle')])
    await runChecked('tar', ['-cf', at('layout.tar'), '-C', at('layout'), '.'])
    assert.deepEqual((await load(at('layout.tar'))).sort(), [`Loaded image: ${NAME}`, 'Loaded image: localhost/mixed:umoci'])
    const changed = await treeOf('localhost/mixed:umoci')
    assert.equal(changed.has('opaque'), false)
    await unpackByUmoci(at('layout'), 'localhost/mixed:umoci', at('again'))
    assert.deepEqual(compareTrees(changed, await readTree(at('again/rootfs'))), [])
  })

  test('several images in one archive share their layers; gzip and zstd around it make no difference, and xz is refused', async () => {
    await using place = makeTemporaryFolder('several')
    const at = (name: string): string => join(place.path, name)
    const shared = await layerOf({ shared: 'x'.repeat(100_000) })
    const [one, other] = [await layerOf({ one: '1' }), await layerOf({ other: '2' })]
    const written = writeLayout(at('layout'), [
      { name: 'localhost/one:latest', layers: [shared, one] },
      { name: 'localhost/other:v2', layers: [shared, other] },
    ])
    await runChecked('tar', ['-cf', at('all.tar'), '-C', at('layout'), '.'])
    assert.deepEqual((await load(at('all.tar'))).sort(), ['Loaded image: localhost/one:latest', 'Loaded image: localhost/other:v2'])
    await engine.docker('tag', 'localhost/one:latest', 'localhost/one:again')
    await saveImages(engine.socket, ['localhost/one', 'localhost/one:again', 'localhost/other:v2'], at('saved.tar'))
    const manifest: { RepoTags: string[]; Layers: string[] }[] = JSON.parse(
      await runChecked('tar', ['-xOf', at('saved.tar'), 'manifest.json']),
    )
    assert.deepEqual(manifest.map(({ RepoTags }) => [...RepoTags].sort()).sort(), [
      ['localhost/one:again', 'localhost/one:latest'],
      ['localhost/other:v2'],
    ])
    assert.equal(new Set(manifest.flatMap(({ Layers }) => Layers)).size, 3)
    for (const name of ['one:latest', 'one:again', 'other:v2']) await engine.docker('rmi', `localhost/${name}`)
    writeFileSync(at('saved.tar.gz'), gzipSync(readFileSync(at('saved.tar'))))
    writeFileSync(at('saved.tar.zst'), zstdCompressSync(readFileSync(at('saved.tar'))))
    for (const suffix of ['gz', 'zst']) {
      assert.equal((await engine.docker('load', '-i', at(`saved.tar.${suffix}`))).split('\n').length, 3, suffix)
      assert.equal((await engine.dockerode.getImage('localhost/one:again').inspect()).Id, written[0]?.id)
    }
    writeFileSync(at('saved.tar.xz'), Buffer.concat([Buffer.from('fd377a585a0000', 'hex'), Buffer.alloc(2000)]))
    const { status, code } = await loadImages(engine.socket, at('saved.tar.xz'))
    assert.deepEqual({ status, code }, { status: 400, code: 'unsupported-compression' })
  })

  test('docker export, docker commit and docker import keep every entry as GNU tar does', async () => {
    await using place = makeTemporaryFolder('export')
    const at = (name: string): string => join(place.path, name)
    await loadMixed(place)
    const script = [
      'cd /var && touch -d "2001-02-03 04:05:06" plain && chown 12:34 plain && chmod 6750 plain && ln plain hard && ln -s /nowhere soft',
      'mkfifo fifo && rm -r /opaque && mkdir /opaque && echo new > /opaque/only && rm /kept && echo more >> /capable',
      'mv /deep /moved && mknod device c 1 3 && echo a > "$(printf "\\303\\244 b\\nc")"',
    ].join(' && ')
    await engine.docker('run', '--name', 'source', '--network', 'none', NAME, 'sh', '-ec', script)
    await engine.docker('export', '-o', at('exported.tar'), 'source')
    mkdirSync(at('exported'))
    await untar(at('exported.tar'), at('exported'))
    const exported = await readTree(at('exported'))
    assert.match(exported.get('var/plain') ?? '', /^mode=106750 owner=12:34 time=981173106000000000 /)
    for (const path of ['noted', 'setuid', 'sparse', 'new-time', 'block', 'fifo']) assert.equal(exported.get(path), mixedTree.get(path))

    await engine.docker('commit', 'source', 'committed')
    const committed = await treeOf('committed')
    // An export has no entry for the root itself.
    assert.deepEqual(compareTrees(withoutTimesOf(committed, ['.']), withoutTimesOf(exported, ['.'])), [])
    assert.deepEqual([committed.has('opaque/new'), committed.has('opaque/only'), committed.has('kept')], [false, true, false])

    await engine.docker('import', '-c', 'CMD ["true"]', at('exported.tar'), 'imported')
    const imported = await treeOf('imported')
    assert.deepEqual(compareTrees(withoutTimesOf(imported, ['.']), withoutTimesOf(exported, ['.'])), [])
    await engine.docker('run', '--rm', '--network', 'none', 'imported')
    await engine.docker('rm', 'source')
  })

  test('docker cp both ways keeps what tar keeps, into containers that run and that do not', async () => {
    await using place = makeTemporaryFolder('cp')
    const at = (name: string): string => join(place.path, name)
    await loadMixed(place)
    mkdirSync(at('tree/deep/er'), { recursive: true })
    writeFileSync(at('tree/deep/er/file'), 'content\n', { mode: 0o640 })
    await runChecked('ln', ['-s', '../../outside', at('tree/deep/link')])
    await runChecked('ln', [at('tree/deep/er/file'), at('tree/hard')])
    const touched = ['deep/link', 'deep/er/file', 'deep/er', 'deep', '.'].map((path) => at(`tree/${path}`))
    await runChecked('touch', ['-h', '-d', '2002-03-04T05:06:07Z', ...touched])
    await engine.docker('run', '-d', '--name', 'box', '--network', 'none', NAME, 'sleep', '1000')
    for (const state of ['running', 'stopped']) {
      if (state === 'stopped') await engine.docker('stop', '-t', '0', 'box')
      await engine.docker('cp', '-a', at('tree'), `box:/var/${state}`)
      await engine.docker('cp', '-a', `box:/var/${state}`, at(state))
      assert.deepEqual(compareTrees(await readTree(at(state)), await readTree(at('tree'))), [], state)
    }
    await engine.docker('start', 'box')
    assert.equal(await engine.docker('exec', 'box', 'cat', '/var/stopped/hard'), 'content')
    assert.equal(await engine.docker('exec', 'box', 'stat', '-c', '%a %Y %h', '/var/running/deep/er/file'), '640 1015218367 2')
    await engine.docker('exec', 'box', 'ln', '-s', '/etc', '/var/etc-link')
    await engine.docker('cp', 'box:/var/etc-link/passwd', at('passwd'))
    assert.match(readFileSync(at('passwd'), 'utf8'), /^root:x:0:0:root:\/root:\/bin\/sh\nuser:/)
    await engine.docker('rm', '-f', 'box')
  })
})

function timeOf(entry: string): bigint {
  return BigInt(/ time=(-?\d+)/.exec(entry)?.[1] ?? '0')
}

function mkdir(path: string): string {
  mkdirSync(path, { mode: 0o755 })
  return path
}

async function unpackByUmoci(layout: string, tag: string, bundle: string): Promise<void> {
  await runChecked('umoci', ['unpack', '--image', `${layout}:${tag}`, bundle], { timeout: 120_000 })
}

async function untar(archive: string, folder: string): Promise<void> {
  await runChecked('tar', [
    '-xpf',
    archive,
    '-C',
    folder,
    '--numeric-owner',
    '--same-owner',
    '--xattrs',
    '--xattrs-include=*',
    '--delay-directory-restore',
  ])
}
