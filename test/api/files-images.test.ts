/** Files of images, of their layers alone, and of what containers were made of. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { type FileClient, fileClient } from '../support/file-client.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { loadImages } from '../support/image-transfer.ts'
import { layerOf, layerOfFolder } from '../support/layers.ts'
import { writeLayout } from '../support/oci-layout.ts'
import { runChecked } from '../support/run.ts'
import { serving } from '../support/serving.ts'

describe('files of images', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  let folder: TemporaryFolder
  before(async () => {
    engine = await startEngine()
    folder = makeTemporaryFolder('files')
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
    await folder?.[Symbol.asyncDispose]()
  })
  afterEach(async () => {
    for (const { Id } of await engine.dockerode.listContainers({ all: true }))
      await engine.dockerode.getContainer(Id).remove({ force: true })
    assert.equal(engine.helper.stderr(), '')
  })

  const at = (name: string): string => join(folder.path, name)
  const filesOf = (container: string): FileClient => fileClient(engine.helper.socket, `/pocker/containers/${container}`)
  const baseOf = (container: string): FileClient => fileClient(engine.helper.socket, `/pocker/containers/${container}/image`)
  const imageOf = (image: string): FileClient => fileClient(engine.helper.socket, `/pocker/images/${image}`)
  const ok = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await engine.docker(...words)
    assert.equal(code, 0, `docker ${words.join(' ')}: ${stderr}`)
    return stdout.trimEnd()
  }
  const create = async (name: string, ...words: string[]): Promise<string> => await ok('create', '--name', name, ...words)

  test('files of images, and of what a container was made of', async () => {
    assert.deepEqual(await imageOf('tiny').names('/home'), ['user'])
    assert.ok((await imageOf('host').names('/usr')).includes('bin'))
    assert.equal((await imageOf('host').stat('/usr/bin')).isReadOnly, true)
    for (const [method, path, query] of [
      ['PUT', '/content', { path: '/new', create: true }],
      ['POST', '/folder', { path: '/new' }],
      ['POST', '/rename', { from: '/bin', to: '/new' }],
      ['POST', '/copy', { from: '/bin', to: '/new' }],
      ['DELETE', '', { path: '/bin', recursive: true }],
    ] as const) {
      assert.equal(await imageOf('tiny').code(method, path, query), 'read-only-files', method + path)
    }
    assert.equal(await imageOf('nowhere').code('GET', '/stat', { path: '/' }), 'no-such-image')
    assert.equal(await imageOf('tiny').code('GET', '/stat', { path: '/', layer: 1 }), 'no-such-layer')

    // Of a folder of the host, and of an image that has lost its name.
    const { body } = await engine.helper.request('POST', '/containers/create', { Rootfs: engine.rootfs, Cmd: ['true'] })
    const { Id: fromFolder }: { Id: string } = { Id: '', ...Object(body) }
    await create('first', 'tiny', 'true')
    await filesOf('first').write('/etc/motd', 'of the image')
    await ok('commit', 'first', 'made')
    await create('second', 'made', 'true')
    await ok('rmi', '-f', 'made')
    for (const [container, path, before] of [
      [fromFolder, '/etc/passwd', readFileSync(join(engine.rootfs, 'etc/passwd'), 'utf8')],
      ['second', '/etc/motd', 'of the image'],
    ] as const) {
      await filesOf(container).write(path, 'changed')
      assert.deepEqual([await baseOf(container).read(path), await filesOf(container).read(path)], [before, 'changed'])
      assert.equal(await baseOf(container).code('PUT', '/content', { path, create: true, overwrite: true }, 'x'), 'read-only-files')
    }
  })

  test('the layers of an image, each alone and with what it deletes', async () => {
    const second = at('second')
    mkdirSync(join(second, 'data'), { recursive: true })
    for (const name of ['data/.wh.gone', 'again/.wh..wh..opq', 'again/new']) {
      mkdirSync(join(second, 'again'), { recursive: true })
      writeFileSync(join(second, name), name)
    }
    symlinkSync('/etc/shadow', join(second, 'link'))
    const layers = [await layerOf({ 'data/gone': 'x', 'data/kept': 'y', 'again/old': 'z' }), await layerOfFolder(second)]
    const history = [{ created_by: 'COPY data' }, { created_by: 'ENV a=b', empty_layer: true }, { created_by: 'RUN rm -r data/gone' }]
    const [written] = writeLayout(at('layout'), [{ name: 'layers:1', layers, config: { history } }])
    await runChecked('tar', ['-C', at('layout'), '-cf', at('layers.tar'), '.'])
    assert.equal((await loadImages(engine.helper.socket, at('layers.tar'))).error, undefined)
    const { body } = await engine.helper.request('GET', '/pocker/images/layers:1/layers')
    assert.deepEqual(body, {
      layers: [
        { diffId: written?.layers[0]?.diffId, size: 3, createdBy: 'layer 0' },
        { diffId: written?.layers[1]?.diffId, size: 40, createdBy: 'layer 1' },
      ],
    })
    const files = imageOf('layers:1')
    assert.deepEqual([await files.names('/data'), await files.names('/again')], [['kept'], ['new']])
    assert.deepEqual(await files.names('/data', { layer: 0 }), ['gone', 'kept'])
    const [gone] = await files.list('/data', { layer: 1 })
    assert.deepEqual([gone?.name, gone?.kind, gone?.layer], ['gone', 'other', 'deletes'])
    assert.equal((await files.stat('/again', { layer: 1 })).layer, 'replaces')
    assert.equal((await files.stat('/again', { layer: 0 })).layer, undefined)
    assert.equal(await files.code('GET', '/content', { path: '/link', layer: 1 }), 'no-such-file')
    assert.equal(await files.code('GET', '/content', { path: '/data/gone', layer: 1 }), 'not-a-file')
    assert.equal(await files.code('GET', '/stat', { path: '/', layer: 2 }), 'no-such-layer')
    await ok('rmi', 'layers:1')
    assert.equal(await files.code('GET', '/stat', { path: '/' }), 'no-such-image')
    // Whoever served them had the layers mounted.
    assert.deepEqual(serving(`image ${written?.id}`), [])
  })
})
