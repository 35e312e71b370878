/** Pushing to a real registry: other programs find there what we had, the same by digest. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startCountingProxy } from '../support/counting-proxy.ts'
import { type DebianImages, debianImages, skopeo } from '../support/debian-image.ts'
import { makeTemporaryFolder } from '../support/folders.ts'
import { type ImageEngine, startImageEngine, whyNoImages } from '../support/image-engine.ts'
import { layersWith, pullImage, pushImage } from '../support/image-transfer.ts'
import { startPodman } from '../support/podman.ts'
import { readRegistryTag, startRegistry, type TestRegistry } from '../support/registry.ts'

const account = { username: 'tester', password: 'correct horse' }

describe('push', { skip: whyNoImages() }, () => {
  let engine: ImageEngine
  let source: TestRegistry
  let images: DebianImages
  let app: string
  before(async () => {
    images = await debianImages()
    source = await startRegistry()
    engine = await startImageEngine()
    app = await images.push('app', source)
    const pulled = await pullImage(engine.socket, app)
    assert.equal(pulled.error, undefined)
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
    await source?.[Symbol.asyncDispose]()
  })

  test('an image that was pulled is in the second registry what it was in the first', async () => {
    await using target = await startRegistry()
    const reference = `${target.address}/team/app:v1`
    await engine.docker('tag', app, reference)
    const pushed = await pushImage(engine.socket, reference)
    assert.deepEqual({ status: pushed.status, error: pushed.error }, { status: 200, error: undefined })
    const digest = readRegistryTag(target, 'team/app', 'v1')
    assert.equal(digest, images.read('app').digest)
    assert.equal(layersWith('Pushed', pushed).length, 5)
    const size = JSON.parse(await skopeo('inspect', '--raw', '--tls-verify=false', `docker://${reference}`)).layers.length
    assert.equal(size, 5)
    const told = pushed.messages.find(({ status }) => status?.startsWith('v1: digest: '))
    assert.match(told?.status ?? '', new RegExp(`^v1: digest: ${digest} size: [0-9]+$`))
    assert.partialDeepStrictEqual(pushed.messages.findLast(({ aux }) => aux !== undefined)?.aux, { Tag: 'v1', Digest: digest })

    await using folder = makeTemporaryFolder('copied')
    await skopeo('copy', '--src-tls-verify=false', `docker://${reference}`, `dir:${folder.path}`)
    for (const { digest: layer } of images.read('app').manifest.layers) assert.ok(existsSync(join(folder.path, layer.slice(7))), layer)
    assert.deepEqual(
      (await engine.dockerode.getImage(reference).inspect()).RepoDigests.sort(),
      [`${source.address}/app@${digest}`, `${target.address}/team/app@${digest}`].sort(),
    )

    const again = await pushImage(engine.socket, reference)
    assert.equal(again.error, undefined)
    assert.equal(layersWith('Layer already exists', again).length, 5)
  })

  test('what a container became is pulled by podman and skopeo, the same by digest, and runs there', async () => {
    await using target = await startRegistry()
    await using podman = startPodman()
    const reference = `${target.address}/changed:latest`
    await engine.docker(
      'run',
      '--name',
      'changing',
      '--network',
      'none',
      app,
      'sh',
      '-c',
      'echo changed > /etc/changed; rm /srv/app/link.py; chown 5:6 /srv',
    )
    await engine.docker('commit', '-m', 'a note', '-c', 'CMD ["cat", "/etc/changed"]', 'changing', reference)
    await engine.docker('rm', 'changing')
    const pushed = await pushImage(engine.socket, reference)
    assert.equal(pushed.error, undefined)
    const digest = readRegistryTag(target, 'changed', 'latest')
    const { Id } = await engine.dockerode.getImage(reference).inspect()

    const inspected = JSON.parse(await skopeo('inspect', '--tls-verify=false', `docker://${reference}`))
    assert.deepEqual({ digest: inspected.Digest, layers: inspected.Layers.length }, { digest, layers: 6 })
    const podmanId = (await podman.run('pull', '--quiet', '--tls-verify=false', reference)).trim()
    assert.equal(`sha256:${podmanId}`, Id)
    const [seen] = JSON.parse(await podman.run('image', 'inspect', reference))
    assert.equal(seen.Digest, digest)
    const mounted = (await podman.run('image', 'mount', reference)).trim()
    assert.equal(readFileSync(join(mounted, 'etc/changed'), 'utf8'), 'changed\n')
    assert.equal(existsSync(join(mounted, 'srv/app/main.py')), true)
    assert.equal(existsSync(join(mounted, 'srv/app/link.py')), false)
    await podman.run('image', 'unmount', reference)
    await engine.docker('rmi', reference)
    const back = await pullImage(engine.socket, reference)
    assert.equal(back.error, undefined)
    assert.equal((await engine.dockerode.getImage(reference).inspect()).Id, Id)
    assert.equal(await engine.docker('run', '--rm', '--network', 'none', reference), 'changed')
  })

  test('layers that the registry has under another name are mounted, not sent', async () => {
    await using proxy = await startCountingProxy(source.address)
    const [one, other] = [`${proxy.address}/one:latest`, `${proxy.address}/other:latest`]
    for (const name of [one, other]) await engine.docker('tag', app, name)
    assert.equal((await pushImage(engine.socket, one)).error, undefined)
    const before = proxy.passed.length
    const pushed = await pushImage(engine.socket, other)
    assert.equal(pushed.error, undefined)
    // The configuration is small and always sent.
    const sent = proxy.passed
      .slice(before)
      .filter(({ method, path }) => (method === 'PATCH' || method === 'PUT') && path.includes('/uploads/'))
    const config = encodeURIComponent(images.read('app').manifest.config.digest)
    assert.deepEqual(
      sent.filter(({ path }) => !path.includes(config)).map(({ path }) => path),
      [],
    )
    assert.equal(layersWith('Mounted from one', pushed).length, 5)
    assert.equal(readRegistryTag(source, 'other', 'latest'), images.read('app').digest)
  })

  test('a private registry takes it with an account only', async () => {
    await using closed = await startRegistry({ account })
    const reference = `${closed.address}/app:latest`
    await engine.docker('tag', app, reference)
    const stranger = await pushImage(engine.socket, reference)
    assert.match(stranger.error ?? '', /denied/)
    const mistaken = await pushImage(engine.socket, reference, { auth: { ...account, password: 'wrong', serveraddress: closed.address } })
    assert.notEqual(mistaken.error, undefined)
    assert.throws(() => readRegistryTag(closed, 'app', 'latest'))
    const pushed = await pushImage(engine.socket, reference, { auth: { ...account, serveraddress: closed.address } })
    assert.equal(pushed.error, undefined)
    assert.equal(readRegistryTag(closed, 'app', 'latest'), images.read('app').digest)
  })

  test('what cannot be pushed: an unknown image, the host image, a registry that is not there', async () => {
    const unknown = await pushImage(engine.socket, `${source.address}/nobody:latest`)
    assert.deepEqual({ status: unknown.status, code: unknown.code }, { status: 404, code: 'no-such-image' })
    await engine.docker('tag', 'host', `${source.address}/host:latest`)
    const host = await pushImage(engine.socket, `${source.address}/host:latest`)
    assert.notEqual(host.error, undefined)
    assert.throws(() => readRegistryTag(source, 'host', 'latest'))
    const gone = await startRegistry()
    await gone[Symbol.asyncDispose]()
    await engine.docker('tag', app, `${gone.address}/app:latest`)
    const unreachable = await pushImage(engine.socket, `${gone.address}/app:latest`)
    assert.match(unreachable.error ?? '', new RegExp(gone.address))
  })
})
