/** Pulling from a real registry: what comes, what it says, and what is not fetched again. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { startCountingProxy } from '../support/counting-proxy.ts'
import { type DebianImages, debianImages, skopeo } from '../support/debian-image.ts'
import { dockerCli } from '../support/docker.ts'
import { makeTemporaryFolder } from '../support/folders.ts'
import { type ImageEngine, startImageEngine, whyNoImages } from '../support/image-engine.ts'
import { readStore } from '../support/image-store.ts'
import { layersWith, pullImage } from '../support/image-transfer.ts'
import { layerOf } from '../support/layers.ts'
import { type SmallImage, writeIndexLayout, writeLayout } from '../support/oci-layout.ts'
import { REGISTRY_NAME, readRegistryTag, startRegistry, type TestRegistry } from '../support/registry.ts'

const account = { username: 'tester', password: 'correct horse' }

describe('pull', { skip: whyNoImages() }, () => {
  let engine: ImageEngine
  let registry: TestRegistry
  let images: DebianImages
  before(async () => {
    images = await debianImages()
    registry = await startRegistry()
    engine = await startImageEngine()
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
    await registry?.[Symbol.asyncDispose]()
  })
  afterEach(async () => {
    for (const { Id, RepoTags } of await engine.dockerode.listImages({ all: true }))
      if (!RepoTags?.includes('host:latest')) await engine.dockerode.getImage(Id).remove({ force: true })
  })

  /** Makes a small image of its own and puts it into the registry. */
  const pushSmall = async (name: string, parts: Partial<SmallImage> = {}) => {
    await using folder = makeTemporaryFolder('layout')
    const layers = parts.layers ?? [await layerOf({ [`${name}.txt`]: `hello from ${name}\n` })]
    const [written] = writeLayout(folder.path, [{ ...parts, name, layers }])
    assert.ok(written !== undefined)
    const reference = `${registry.address}/${name}:latest`
    await skopeo('copy', ...registry.skopeoFlags('dest'), `oci:${folder.path}:${name}`, `docker://${reference}`)
    return { reference, ...written }
  }

  test('by tag: all of an image of five layers, told as Docker tells it, that then runs', async () => {
    const reference = await images.push('app', registry)
    const { manifest, config } = images.read('app')
    const pulled = await pullImage(engine.socket, reference)
    assert.deepEqual({ status: pulled.status, error: pulled.error }, { status: 200, error: undefined })
    const short = manifest.layers.map(({ digest }) => digest.slice(7, 19))
    assert.deepEqual(layersWith('Pull complete', pulled).sort(), short.sort())
    const words = pulled.messages.map(({ status, id }) => (id === undefined ? status : `${id}: ${status}`))
    assert.equal(words[0], 'latest: Pulling from app')
    assert.deepEqual(words.slice(-2), [
      `Digest: ${readRegistryTag(registry, 'app', 'latest')}`,
      `Status: Downloaded newer image for ${reference}`,
    ])

    const image = await engine.dockerode.getImage(reference).inspect()
    assert.equal(image.Id, manifest.config.digest)
    assert.deepEqual(image.RepoTags, [reference])
    assert.deepEqual(image.RepoDigests, [`${registry.address}/app@${readRegistryTag(registry, 'app', 'latest')}`])
    assert.deepEqual(image.RootFS.Layers, config.rootfs.diff_ids)
    assert.deepEqual(image.Config.Cmd, ['python3', '/srv/app/main.py'])
    assert.equal(image.Config.WorkingDir, '/srv/app')
    assert.equal(image.Config.Labels.tier, 'app')
    assert.equal(image.Author, 'Pocker tests')
    const history = await engine.dockerode.getImage(reference).history()
    assert.equal(history.length, config.history.length)
    assert.equal(await engine.docker('run', '--rm', '--network', 'none', reference), 'hello from python')
    assert.match(
      await engine.docker('run', '--rm', '--network', 'none', reference, 'sh', '-c', 'echo $APP; git --version'),
      /^1\ngit version 2/,
    )
  })

  test('again: the image is up to date and no blob is fetched', async () => {
    const { reference } = await pushSmall('again')
    await using proxy = await startCountingProxy(registry.address)
    const through = reference.replace(registry.address, proxy.address)
    await pullImage(engine.socket, through)
    assert.equal(proxy.fetchedBlobs().length, 2)
    const second = await pullImage(engine.socket, through)
    assert.equal(second.messages.at(-1)?.status, `Status: Image is up to date for ${through}`)
    assert.equal(proxy.fetchedBlobs().length, 2)
  })

  test('by digest: the image has that digest and no tag', async () => {
    const { reference, digest, id } = await pushSmall('exact')
    const exact = `${reference.replace(/:latest$/, '')}@${digest}`
    assert.equal((await pullImage(engine.socket, exact)).error, undefined)
    const image = await engine.dockerode.getImage(exact).inspect()
    assert.deepEqual({ id: image.Id, tags: image.RepoTags, digests: image.RepoDigests }, { id, tags: [], digests: [exact] })
  })

  test('a newer image under the same tag takes the tag; the older one is dangling', async () => {
    const older = await pushSmall('moving', { layers: [await layerOf({ a: 'old' })] })
    await pullImage(engine.socket, older.reference)
    const newer = await pushSmall('moving', { layers: [await layerOf({ a: 'new' })] })
    await pullImage(engine.socket, newer.reference)
    assert.equal((await engine.dockerode.getImage(newer.reference).inspect()).Id, newer.id)
    const dangling = await engine.dockerode.listImages({ filters: { dangling: ['true'] } })
    assert.deepEqual(
      dangling.map(({ Id }) => Id),
      [older.id],
    )
  })

  test('Docker schema 2, and layers in zstd and without compression', async () => {
    const docker = await images.push('base', registry, { format: 'v2s2', as: 'schema2' })
    await pullImage(engine.socket, docker)
    const image = await engine.dockerode.getImage(docker).inspect()
    assert.deepEqual(image.RepoDigests, [`${registry.address}/schema2@${readRegistryTag(registry, 'schema2', 'latest')}`])
    assert.equal(
      await engine.docker('run', '--rm', '--network', 'none', docker, 'cat', '/etc/debian_version').then((text) => text.slice(0, 3)),
      '12.',
    )
    for (const compression of ['zstd', 'none'] as const) {
      const { reference, id } = await pushSmall(compression, { compression })
      assert.equal((await pullImage(engine.socket, reference)).error, undefined, compression)
      assert.equal((await engine.dockerode.getImage(reference).inspect()).Id, id)
    }
  })

  test('of an index comes what is for this machine, or for the platform that was asked for', async () => {
    await using folder = makeTemporaryFolder('index')
    const architectures = ['amd64', 'arm64', 's390x']
    const layers = await Promise.all(architectures.map((name) => layerOf({ name })))
    const parts = architectures.map((architecture, index) => ({
      name: architecture,
      architecture,
      layers: [layers[index] ?? Buffer.alloc(0)],
    }))
    const written = writeIndexLayout(folder.path, 'many', parts)
    const reference = `${registry.address}/many:latest`
    await skopeo('copy', '--all', ...registry.skopeoFlags('dest'), `oci:${folder.path}:many`, `docker://${reference}`)
    const idOf = (architecture: string) => written.images.find(({ name }) => name === architecture)?.id
    const mine = process.arch === 'arm64' ? 'arm64' : 'amd64'
    await pullImage(engine.socket, reference)
    const own = await engine.dockerode.getImage(reference).inspect()
    assert.deepEqual({ id: own.Id, architecture: own.Architecture }, { id: idOf(mine), architecture: mine })
    assert.deepEqual(own.RepoDigests, [`${registry.address}/many@${written.digest}`])
    await pullImage(engine.socket, reference, { platform: 'linux/s390x' })
    assert.equal((await engine.dockerode.getImage(reference).inspect()).Id, idOf('s390x'))
    const none = await pullImage(engine.socket, reference, { platform: 'linux/riscv64' })
    assert.deepEqual({ status: none.status, code: none.code }, { status: 404, code: 'no-matching-platform' })
  })

  test('layers that are there are not fetched: of a second image only what is its own', async () => {
    await using proxy = await startCountingProxy(registry.address)
    for (const name of ['base', 'app'] as const) await images.push(name, registry)
    await pullImage(engine.socket, `${proxy.address}/base:latest`)
    const before = proxy.fetchedBlobs().length
    const pulled = await pullImage(engine.socket, `${proxy.address}/app:latest`)
    const base = images.read('base').manifest
    const app = images.read('app').manifest
    const own = [...app.layers, app.config]
      .map(({ digest }) => digest)
      .filter((digest) => !base.layers.some((layer) => layer.digest === digest))
    assert.deepEqual(proxy.fetchedBlobs().slice(before).sort(), own.sort())
    assert.deepEqual(
      layersWith('Already exists', pulled),
      base.layers.map(({ digest }) => digest.slice(7, 19)),
    )
    assert.equal(layersWith('Pull complete', pulled).length, 4)
  })

  test('two pulls of one image at the same moment fetch each blob once', async () => {
    await using proxy = await startCountingProxy(registry.address)
    await images.push('redis', registry)
    const both = await Promise.all([1, 2].map(() => pullImage(engine.socket, `${proxy.address}/redis:latest`)))
    assert.deepEqual(
      both.map(({ error }) => error),
      [undefined, undefined],
    )
    const fetched = proxy.fetchedBlobs()
    const { layers } = images.read('redis').manifest
    for (const { digest } of layers) assert.equal(fetched.filter((found) => found === digest).length, 1, digest)
    assert.deepEqual(readStore(engine.helper.dataRoot).faults, [])
  })

  test('a download that breaks off goes on where it was', async () => {
    await using proxy = await startCountingProxy(registry.address)
    await images.push('base', registry)
    proxy.breakBlobs({ after: 10_000_000, times: 4 })
    const pulled = await pullImage(engine.socket, `${proxy.address}/base:latest`)
    assert.equal(pulled.error, undefined)
    const layer = images.read('base').manifest.layers[0]
    assert.ok(layer !== undefined)
    const parts = proxy.passed.filter(({ path, method }) => method === 'GET' && path.endsWith(layer.digest))
    assert.ok(parts.length > 2, `${parts.length} requests`)
    assert.ok(parts.slice(1).every(({ range, status }) => range !== undefined && status === 206))
    // What was on its way when the connection broke may come twice.
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
    assert.ok(bytes < layer.size * 1.05, `${bytes} bytes for ${layer.size}`)
    assert.deepEqual(readStore(engine.helper.dataRoot).faults, [])
  })

  test('a private registry: by X-Registry-Auth, by docker login, and not without', async () => {
    await using closed = await startRegistry({ account })
    await using folder = makeTemporaryFolder('login')
    const reference = await images.push('base', closed)
    const stranger = await pullImage(engine.socket, reference)
    assert.deepEqual({ status: stranger.status, code: stranger.code }, { status: 404, code: 'auth-required' })
    const mistaken = await pullImage(engine.socket, reference, { auth: { ...account, password: 'wrong', serveraddress: closed.address } })
    assert.deepEqual({ status: mistaken.status, code: mistaken.code }, { status: 401, code: 'auth-failed' })
    // Credentials for another registry stay here.
    const elsewhere = await pullImage(engine.socket, reference, { auth: { ...account, serveraddress: '127.0.0.1:1' } })
    assert.equal(elsewhere.code, 'auth-required')
    assert.deepEqual(await engine.dockerode.listImages({ filters: { reference: [reference] } }), [])

    const stream = await engine.dockerode.pull(reference, { authconfig: { ...account, serveraddress: closed.address } })
    await new Promise<void>((resolve, reject) => {
      engine.dockerode.modem.followProgress(stream, (error) => (error === null ? resolve() : reject(error)))
    })
    await engine.docker('rmi', reference)

    const cli = (...words: string[]) => dockerCli(engine.socket, words, { config: folder.path, timeout: 60_000 })
    assert.notEqual((await cli('pull', reference)).code, 0)
    assert.notEqual((await cli('login', '-u', account.username, '-p', 'wrong', closed.address)).code, 0)
    const login = await cli('login', '-u', account.username, '-p', account.password, closed.address)
    assert.equal(login.code, 0, login.stderr)
    assert.match(readFileSync(join(folder.path, 'config.json'), 'utf8'), new RegExp(closed.address))
    const pulled = await cli('pull', reference)
    assert.equal(pulled.code, 0, pulled.stderr)
    assert.match(pulled.stdout, /Status: Downloaded newer image for /)
    assert.equal(JSON.parse((await cli('manifest', 'inspect', '--insecure', reference)).stdout).schemaVersion, 2)
  })

  test('TLS by an authority of its own: only when its certificate was set up, and never without a match of the name', async () => {
    await using secure = await startRegistry({ tls: true, account })
    await using folder = makeTemporaryFolder('hosts')
    const hosts = join(folder.path, 'hosts')
    writeFileSync(hosts, `127.0.0.1 localhost ${REGISTRY_NAME} other.test\n`)
    await using own = await startImageEngine({ hosts })
    await images.push('base', secure)
    const name = `${REGISTRY_NAME}:${secure.port}`
    const auth = { ...account, serveraddress: name }
    const untrusted = await pullImage(own.socket, `${name}/base:latest`, { auth })
    assert.deepEqual({ status: untrusted.status, code: untrusted.code }, { status: 503, code: 'tls-untrusted' })
    for (const host of [name, `other.test:${secure.port}`]) {
      const place = join(own.helper.dataRoot, 'certs.d', host)
      mkdirSync(place, { recursive: true })
      writeFileSync(join(place, 'ca.crt'), readFileSync(join(secure.authority, 'ca.crt')))
    }
    const pulled = await pullImage(own.socket, `${name}/base:latest`, { auth })
    assert.equal(pulled.error, undefined)
    assert.equal((await own.dockerode.getImage(`${name}/base`).inspect()).Id, images.read('base').manifest.config.digest)
    const other = await pullImage(own.socket, `other.test:${secure.port}/base:latest`, {
      auth: { ...auth, serveraddress: `other.test:${secure.port}` },
    })
    assert.equal(other.code, 'tls-untrusted')
  })

  test('GET /distribution names the digest and the platforms without pulling', async () => {
    const { reference, digest } = await pushSmall('remote')
    const answer = await engine.helper.request('GET', `/distribution/${reference}/json`)
    assert.equal(answer.status, 200)
    assert.partialDeepStrictEqual(answer.body, {
      Descriptor: { digest },
      Platforms: [{ os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' }],
    })
    assert.equal((await engine.helper.request('GET', `/distribution/${registry.address}/nobody/json`)).status, 404)
  })
})
