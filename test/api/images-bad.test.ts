/** What goes wrong with images: each failure has its code, and afterwards there is no tag, no blob, no layer and no process of it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { writeBulkyLayout } from '../support/bulky-image.ts'
import { startCountingProxy } from '../support/counting-proxy.ts'
import { type DebianImages, debianImages, skopeo } from '../support/debian-image.ts'
import { dockerProgram, eventually } from '../support/engine.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { type ImageEngine, startImageEngine, whyNoImages } from '../support/image-engine.ts'
import { diskUsage, readStore, type StoreContent } from '../support/image-store.ts'
import { loadImages, pullImage, type Transfer } from '../support/image-transfer.ts'
import { layerOf } from '../support/layers.ts'
import { countHelper } from '../support/leaks.ts'
import { mountTmpfs } from '../support/mounts.ts'
import { type WrittenImage, writeLayout } from '../support/oci-layout.ts'
import { startRegistry, type TestRegistry } from '../support/registry.ts'
import { runChecked } from '../support/run.ts'
import { findTraces } from '../support/traces.ts'

describe('a pull that cannot be', { skip: whyNoImages() }, () => {
  let engine: ImageEngine
  let registry: TestRegistry
  let bulky: { readonly reference: string; readonly image: WrittenImage }
  let atFirst: StoreContent
  before(async () => {
    registry = await startRegistry()
    engine = await startImageEngine()
    bulky = await pushBulky(registry)
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
    await registry?.[Symbol.asyncDispose]()
  })
  beforeEach(() => {
    atFirst = readStore(engine.helper.dataRoot)
  })
  afterEach(async () => {
    await eventually('nothing is left in the stores', () => JSON.stringify(readStore(engine.helper.dataRoot)) === JSON.stringify(atFirst))
    const names = (await engine.dockerode.listImages({ all: true })).flatMap(({ RepoTags }) => RepoTags ?? [])
    assert.deepEqual(names, ['host:latest'])
    await eventually('no process is left', () => unpackers(engine).length === 0)
  })

  const outcome = ({ status, code }: Transfer) => ({ status, code })

  test('of an image or a tag that is not there', async () => {
    assert.deepEqual(outcome(await pullImage(engine.socket, `${registry.address}/nobody:latest`)), { status: 404, code: 'image-not-found' })
    assert.deepEqual(outcome(await pullImage(engine.socket, `${registry.address}/bulky:v9`)), { status: 404, code: 'image-not-found' })
    const unknown = `${registry.address}/bulky@sha256:${'0'.repeat(64)}`
    assert.deepEqual(outcome(await pullImage(engine.socket, unknown)), { status: 404, code: 'image-not-found' })
    await assert.rejects(engine.docker('run', '--rm', `${registry.address}/nobody`), /exit code 125: .*nobody/s)
  })

  test('by a name that is none', async () => {
    for (const name of ['lower/UPPER', 'a b', '../../etc', 'x@sha256:123', `x@md5:${'0'.repeat(32)}`, 'a'.repeat(300)]) {
      const { status } = await pullImage(engine.socket, name)
      assert.equal(status, 400, name)
    }
  })

  test('from a registry that is not there, or whose name nobody knows, or that is no registry', async () => {
    const gone = await startRegistry()
    await gone[Symbol.asyncDispose]()
    await using proxy = await startCountingProxy('127.0.0.1:1')
    const hosts = [gone.address, 'no-such-host.invalid', proxy.address]
    const answers = await Promise.all(hosts.map(async (host) => outcome(await pullImage(engine.socket, `${host}/bulky`))))
    for (const answer of answers) assert.deepEqual(answer, { status: 503, code: 'registry-unreachable' })
  })

  test('because the client went away: a request that is cut, and docker pull that is interrupted', async () => {
    await using proxy = await startCountingProxy(registry.address)
    proxy.slowDown(2_000_000)
    const through = bulky.reference.replace(registry.address, proxy.address)
    const leaving = new AbortController()
    const pull = pullImage(engine.socket, through, { signal: leaving.signal })
    pull.catch(() => {})
    await proxy.firstBytes()
    leaving.abort()
    await assert.rejects(pull)
    await eventually('nothing is left in the stores', () => JSON.stringify(readStore(engine.helper.dataRoot)) === JSON.stringify(atFirst))
    const passed = proxy.passed.length

    const child = spawn(dockerProgram(), ['pull', through], {
      env: { PATH: process.env.PATH, HOME: '/nonexistent', DOCKER_HOST: `unix://${engine.socket}` },
      stdio: 'ignore',
    })
    try {
      await eventually('docker fetches a blob', () =>
        proxy.passed.slice(passed).some(({ path, bytes }) => path.includes('/blobs/') && bytes > 0),
      )
    } finally {
      child.kill('SIGINT')
    }
    await once(child, 'exit')
  })

  test('because the registry ends in the middle', async () => {
    await using proxy = await startCountingProxy(registry.address)
    proxy.slowDown(2_000_000)
    const pull = pullImage(engine.socket, bulky.reference.replace(registry.address, proxy.address))
    await proxy.firstBytes()
    proxy.goAway()
    const { status, error } = await pull
    assert.equal(status, 200)
    assert.match(error ?? '', new RegExp(proxy.address))
  })

  test('because the registry has other bytes than it says: of a layer, of the configuration, of the manifest, and too few', async () => {
    await using liar = await startRegistry()
    const { reference, image } = await pushBulky(liar)
    const [layer] = image.layers
    assert.ok(layer !== undefined)
    for (const digest of [layer.digest, image.id]) {
      const file = join(liar.folder, 'docker/registry/v2/blobs/sha256', digest.slice(7, 9), digest.slice(7), 'data')
      const honest = readFileSync(file)
      const other = Buffer.from(honest)
      other[honest.length >> 1] = (honest[honest.length >> 1] ?? 0) ^ 1
      for (const [bytes, what] of [
        [other, 'other'],
        [honest.subarray(0, -10), 'too few'],
        [Buffer.concat([honest, Buffer.from('more')]), 'too many'],
      ] as const) {
        writeFileSync(file, bytes)
        const pulled = await pullImage(engine.socket, reference)
        assert.notEqual(pulled.error, undefined, `${what} bytes of ${digest}`)
      }
      writeFileSync(file, honest)
    }
    const manifest = join(liar.folder, 'docker/registry/v2/blobs/sha256', image.digest.slice(7, 9), image.digest.slice(7), 'data')
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(':2,', ': 2,'))
    const pulled = await pullImage(engine.socket, `${reference.replace(/:latest$/, '')}@${image.digest}`)
    assert.ok(pulled.status >= 400 || pulled.error !== undefined)
  })

  test('because its configuration names other layers than there are', async () => {
    await using folder = makeTemporaryFolder('diff-id')
    await using liar = await startRegistry()
    const [written] = writeLayout(folder.path, [{ name: 'lie', layers: [await layerOf({ a: 'a' })] }])
    assert.ok(written !== undefined)
    const blob = (digest: string) => join(folder.path, 'blobs/sha256', digest.slice(7))
    const config = readFileSync(blob(written.id), 'utf8').replace(/"diff_ids":\["sha256:./, '"diff_ids":["sha256:z')
    const wrong = config.replace('sha256:z', written.layers[0]?.diffId[7] === '0' ? 'sha256:1' : 'sha256:0')
    await rewriteConfig(folder, written, wrong)
    const reference = `${liar.address}/lie:latest`
    await skopeo('copy', ...liar.skopeoFlags('dest'), `oci:${folder.path}:lie`, `docker://${reference}`)
    const pulled = await pullImage(engine.socket, reference)
    assert.ok(pulled.status >= 400 || pulled.error !== undefined)
  })
})

describe('an archive that cannot be loaded', { skip: whyNoImages() }, () => {
  test('is refused with a sentence, and nothing of it stays', async () => {
    await using engine = await startImageEngine()
    await using folder = makeTemporaryFolder('bad-archive')
    const atFirst = readStore(engine.helper.dataRoot)
    const whole = join(folder.path, 'whole.tar')
    await writeBulkyLayout(join(folder.path, 'layout'), { name: 'localhost/bulky:latest', layers: 2, megabytes: 2, files: 50 })
    await runChecked('tar', ['-cf', whole, '-C', join(folder.path, 'layout'), '.'])
    const bytes = readFileSync(whole)
    const cases: Readonly<Record<string, Buffer>> = {
      empty: Buffer.alloc(0),
      'no archive': Buffer.from('this is no archive\n'.repeat(100)),
      'the end of an archive': Buffer.alloc(10_240),
      'an archive that is cut': bytes.subarray(0, bytes.length >> 1),
      'an archive of something else': await layerOf({ 'etc/passwd': 'root' }),
    }
    for (const [what, body] of Object.entries(cases)) {
      const file = join(folder.path, 'bad.tar')
      writeFileSync(file, body)
      const loaded = await loadImages(engine.socket, file)
      assert.ok(loaded.status === 400 || loaded.error !== undefined, `${what}: ${JSON.stringify(loaded)}`)
      await eventually(`nothing is left of ${what}`, () => JSON.stringify(readStore(engine.helper.dataRoot)) === JSON.stringify(atFirst))
    }
    // The client goes away in the middle.
    const leaving = new AbortController()
    const part = createReadStream(whole, { end: bytes.length >> 1 })
    const body = Readable.from(
      (async function* () {
        yield* part
        leaving.abort()
      })(),
    )
    await assert.rejects(loadImages(engine.socket, whole, { body, signal: leaving.signal }))
    await eventually('nothing is left', () => JSON.stringify(readStore(engine.helper.dataRoot)) === JSON.stringify(atFirst))
    assert.equal((await loadImages(engine.socket, whole)).error, undefined)
  })
})

describe('a full disk', { skip: whyNoImages() }, () => {
  let images: DebianImages
  before(async () => {
    images = await debianImages()
  })

  test('ends pull, load and commit with a sentence; what was there works on, and the space comes back', async () => {
    await using disk = await mountTmpfs(48_000_000)
    await using registry = await startRegistry()
    await using folder = makeTemporaryFolder('full')
    await using engine = await startImageEngine({ dataRoot: disk.path })
    const small = await pushSmall(registry)
    assert.equal((await pullImage(engine.socket, small)).error, undefined)
    const big = await images.push('app', registry)
    const atFirst = JSON.stringify(readStore(disk.path))
    const used = await diskUsage(disk.path)

    const pulled = await pullImage(engine.socket, big)
    assert.match(`${pulled.code} ${pulled.error}`, /no-space|no space/)
    await eventually('nothing is left of the pull', () => JSON.stringify(readStore(disk.path)) === atFirst)
    const archive = join(folder.path, 'app.tar')
    await skopeo('copy', images.source('app'), `oci-archive:${archive}:localhost/app`)
    const loaded = await loadImages(engine.socket, archive)
    assert.match(`${loaded.code} ${loaded.error}`, /no-space|no space/)
    await eventually('nothing is left of the load', () => JSON.stringify(readStore(disk.path)) === atFirst)

    await engine.docker(
      'run',
      '--name',
      'filling',
      '--network',
      'none',
      small,
      '/bin/busybox',
      'dd',
      'if=/dev/urandom',
      'of=/fill',
      'bs=1M',
      'count=30',
    )
    const commit = await engine.helper.request('POST', '/commit?container=filling&repo=filled')
    assert.equal(commit.status, 503)
    assert.partialDeepStrictEqual(commit.body, { code: 'no-space' })
    await eventually('nothing is left of the commit', () => JSON.stringify(readStore(disk.path)) === atFirst)
    await engine.docker('rm', 'filling')
    await eventually('the space is back', async () => (await diskUsage(disk.path)) < used + 1_000_000, 20)

    assert.equal((await engine.helper.request('GET', '/_ping')).status, 200)
    assert.equal(await engine.docker('run', '--rm', '--network', 'none', small, '/bin/busybox', 'echo', 'works'), 'works')
    await engine.docker('rmi', small)
    assert.equal((await pullImage(engine.socket, small)).error, undefined)
    assert.ok(countHelper(engine.helper.pid()).resident < 400_000)
  })
})

/** A helper's processes that unpack or pack, by the files they hold open below its data root. */
function unpackers(engine: ImageEngine): readonly number[] {
  return findTraces(engine.helper.dataRoot, { ids: [], except: engine.helper.pid() }).processes
}

async function pushBulky(registry: TestRegistry): Promise<{ reference: string; image: WrittenImage }> {
  await using folder = makeTemporaryFolder('bulky')
  const image = await writeBulkyLayout(folder.path, { name: 'bulky', layers: 3, megabytes: 3, files: 300 })
  const reference = `${registry.address}/bulky:latest`
  await skopeo('copy', ...registry.skopeoFlags('dest'), `oci:${folder.path}:bulky`, `docker://${reference}`)
  return { reference, image }
}

async function pushSmall(registry: TestRegistry): Promise<string> {
  await using folder = makeTemporaryFolder('small')
  const layers = [await layerOf({ 'bin/busybox': readFileSync('/bin/busybox') }, { mode: 0o755 })]
  writeLayout(folder.path, [{ name: 'small', layers }])
  const reference = `${registry.address}/small:latest`
  await skopeo('copy', ...registry.skopeoFlags('dest'), `oci:${folder.path}:small`, `docker://${reference}`)
  return reference
}

/** Gives the image another configuration, and a manifest that names it rightly. */
async function rewriteConfig(layout: TemporaryFolder, image: WrittenImage, config: string): Promise<void> {
  const put = async (text: string): Promise<string> => {
    const file = join(layout.path, 'new')
    writeFileSync(file, text)
    const digest = (await runChecked('sha256sum', [file])).slice(0, 64)
    await runChecked('mv', [file, join(layout.path, 'blobs/sha256', digest)])
    return `sha256:${digest}`
  }
  const manifest = readFileSync(join(layout.path, 'blobs/sha256', image.digest.slice(7)), 'utf8')
  const digest = await put(manifest.replace(image.id, await put(config)))
  const index = join(layout.path, 'index.json')
  writeFileSync(index, readFileSync(index, 'utf8').replace(image.digest, digest))
}
