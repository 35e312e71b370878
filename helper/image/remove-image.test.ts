import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { chainIds } from './chain-ids.ts'
import type { ImageUse } from './context.ts'
import { collectGarbage } from './garbage.ts'
import { type Images, openImages } from './images.ts'
import type { ImageRecord } from './records.ts'
import { removeImage } from './remove-image.ts'
import { putTestImage, type TestImage } from './testing/test-image.ts'
import { diffIdOf, makeTestImages, type TestImages } from './testing/test-image-context.ts'

interface Place extends TestImages {
  readonly images: Images
  readonly put: (image: TestImage) => Promise<ImageRecord>
}

function makePlace(test: TestContext): Place {
  const made = makeTestImages(test)
  return { ...made, images: openImages(made.context), put: (image) => putTestImage(made.context, image) }
}

const gently = { force: false }
const forced = { force: true }
const DIGEST = `sha256:${'d'.repeat(64)}`

function use({ id, layers }: ImageRecord, running: boolean): ImageUse {
  return { id: 'c1', name: 'web', image: id, running, layers }
}

function diffId(text: string) {
  return diffIdOf(Buffer.from(text))
}

test('what no other image needs goes with the image', async (test) => {
  const { images, context, put } = makePlace(test)
  const first = await put({ layers: ['base', 'one'], tags: ['one:1'] })
  const second = await put({ layers: ['base', 'two'], tags: ['two:1'] })
  const [, chain] = chainIds([diffId('base'), diffId('one')])
  assert.deepEqual(images.remove('one:1', gently), [{ Untagged: 'one:1' }, { Deleted: first.id }, { Deleted: chain }])
  assert.deepEqual(context.layers.list(), [diffId('base'), diffId('two')])
  assert.deepEqual(images.resolve('two:1').layers, second.layers)
  images.remove(second.id, gently)
  assert.deepEqual(context.layers.list(), [])
  assert.deepEqual(context.content.list(), [])
})

test('a name goes, the image stays under its others', async (test) => {
  const { images, put } = makePlace(test)
  const { id } = await put({ layers: ['x'], tags: ['a:1', 'b:1'] })
  assert.deepEqual(images.remove('a:1', gently), [{ Untagged: 'a:1' }])
  assert.throws(() => images.resolve('a:1'), { code: 'no-such-image' })
  assert.equal(images.resolve('b:1').id, id)
})

test('with the last tag of a repository its digests go', async (test) => {
  const { images, put } = makePlace(test)
  const { id } = await put({ layers: ['x'], tags: ['app:1', 'app:2'], repoDigests: [`docker.io/library/app@${DIGEST}`] })
  assert.equal(images.resolve(`app@${DIGEST}`).id, id)
  assert.equal(images.resolve(`app:7@${DIGEST}`).id, id)
  assert.deepEqual(images.remove('app:1', gently), [{ Untagged: 'app:1' }])
  assert.deepEqual(images.remove('app:2', gently).slice(0, 3), [{ Untagged: 'app:2' }, { Untagged: `app@${DIGEST}` }, { Deleted: id }])
})

test('a digest is a name like a tag', async (test) => {
  const { images, put } = makePlace(test)
  const { id } = await put({ layers: ['x'], tags: ['app:1'], repoDigests: [`docker.io/library/app@${DIGEST}`] })
  assert.deepEqual(images.remove(`app@${DIGEST}`, gently), [{ Untagged: `app@${DIGEST}` }])
  assert.equal(images.resolve('app:1').id, id)
})

test('an image with several names goes by its ID only when forced', async (test) => {
  const { images, put } = makePlace(test)
  const { id } = await put({ layers: ['x'], tags: ['a:1', 'b:1'] })
  assert.throws(() => images.remove(id, gently), { code: 'image-has-names' })
  assert.deepEqual(images.remove(id.slice(7, 19), forced).slice(0, 3), [{ Untagged: 'a:1' }, { Untagged: 'b:1' }, { Deleted: id }])
})

test('the image of a stopped container goes when forced, its files with the container', async (test) => {
  const { images, context, containers, put } = makePlace(test)
  const record = await put({ layers: ['x'], tags: ['app:1'] })
  containers.push(use(record, false))
  for (const name of ['app:1', record.id]) assert.throws(() => images.remove(name, gently), { code: 'image-in-use' })
  assert.deepEqual(images.remove('app:1', forced), [{ Untagged: 'app:1' }, { Deleted: record.id }])
  assert.deepEqual(context.layers.list(), [diffId('x')])
  containers.pop()
  images.containerRemoved(record)
  assert.deepEqual(context.layers.list(), [])
})

test('the image of a running container stays, forced or not; its name goes when forced', async (test) => {
  const { images, containers, put } = makePlace(test)
  const record = await put({ layers: ['x'], tags: ['app:1'] })
  containers.push(use(record, true))
  assert.throws(() => images.remove('app:1', gently), { code: 'image-in-use' })
  assert.throws(() => images.remove(record.id, forced), { code: 'image-in-use' })
  assert.deepEqual(images.remove('app:1', forced), [{ Untagged: 'app:1' }])
  assert.equal(images.resolve(record.id).id, record.id)
})

test('a container that goes leaves the layers of an image that stays', async (test) => {
  const { images, context, put } = makePlace(test)
  images.containerRemoved(await put({ layers: ['x'], tags: ['app:1'] }))
  assert.deepEqual(context.layers.list(), [diffId('x')])
})

test('what a pull needs that goes on is not collected, and collected at its end if it came to nothing', async (test) => {
  const { images, context, put } = makePlace(test)
  const lease = context.lease()
  const config = context.content.put(Buffer.from('configuration of a pull'))
  lease.protect(config, diffId('base'))
  await put({ layers: ['base'], tags: ['old:1'] })
  images.remove('old:1', gently)
  collectGarbage(context)
  assert.ok(context.content.has(config))
  assert.deepEqual(context.layers.list(), [diffId('base')])
  lease[Symbol.dispose]()
  assert.deepEqual(context.content.list(), [])
  assert.deepEqual(context.layers.list(), [])
})

test('at the start what nothing needs goes', async (test) => {
  const { images, context, containers, put } = makePlace(test)
  const kept = await put({ layers: ['kept'], tags: ['kept:1'] })
  const used = await put({ layers: ['used'], tags: ['used:1'] })
  context.content.put(Buffer.from('left over'))
  const layer = context.layers.create()
  layer.commit(diffId('left over'), { size: 0 })
  containers.push(use(used, false))
  context.records.delete(used.id)
  images.collect()
  assert.deepEqual([...context.layers.list()].sort(), [diffId('kept'), diffId('used')].sort())
  assert.equal(context.content.list().length, 3)
  assert.equal(images.resolve('kept:1').id, kept.id)
})

test('prune takes images without a tag, or all, but none that is used', async (test) => {
  const { images, context, containers, put } = makePlace(test)
  const dangling = await put({ layers: ['base', 'gone'] })
  await put({ layers: ['base', 'tagged'], tags: ['a:1', 'b:1'] })
  containers.push(use(await put({ layers: ['used'], tags: ['used:1'] }), false))
  const first = images.prune(new Map())
  assert.deepEqual(first.ImagesDeleted[0], { Deleted: dangling.id })
  assert.ok(first.SpaceReclaimed >= 8)
  images.prune(new Map([['dangling', ['false']]]))
  assert.deepEqual(context.layers.list(), [diffId('used')])
  assert.deepEqual((await images.list({ filters: new Map() })).map(({ RepoTags }) => RepoTags[0]).sort(), ['host:latest', 'used:1'])
  assert.throws(() => images.prune(new Map([['reference', ['a']]])), { code: 'unknown-filter' })
})

test('prune goes by labels and age', async (test) => {
  const { images, put } = makePlace(test)
  const labels = (value: string) => ({ config: { Labels: { stage: value } } })
  const old = await put({ layers: ['x'], config: { created: '2020-01-01T00:00:00Z', ...labels('test') } })
  const kept = await put({ layers: ['x'], config: { created: '2023-11-14T22:00:00Z', ...labels('test') } })
  const prod = await put({ layers: ['x'], config: { created: '2020-01-01T00:00:00Z', ...labels('prod') } })
  assert.deepEqual(
    images.prune(
      new Map([
        ['label', ['stage=test']],
        ['until', ['24h']],
      ]),
    ).ImagesDeleted,
    [{ Deleted: old.id }],
  )
  assert.deepEqual(images.prune(new Map([['label!', ['stage=test']]])).ImagesDeleted, [{ Deleted: prod.id }])
  assert.equal(images.resolve(kept.id).id, kept.id)
})

test('a tag moves, or is added to an image however it is found', async (test) => {
  const { images, events, put } = makePlace(test)
  const one = await put({ layers: ['one'], tags: ['one:1'] })
  const two = await put({ layers: ['two'], tags: ['two:1'] })
  images.tag(one.id.slice(7, 20), { repo: 'two', tag: '1' })
  assert.equal(images.resolve('two:1').id, one.id)
  images.tag('one:1', { repo: 'localhost:5000/me/one', tag: undefined })
  assert.equal(images.resolve('localhost:5000/me/one:latest').id, one.id)
  assert.deepEqual(
    (await images.list({ filters: new Map([['dangling', ['true']]]) })).map(({ Id }) => Id),
    [two.id],
  )
  assert.deepEqual(events.at(-1)?.Actor, { ID: one.id, Attributes: { name: 'localhost:5000/me/one:latest' } })
  assert.throws(() => images.tag('one:1', { repo: 'host', tag: undefined }), { code: 'host-image-stays' })
  assert.throws(() => images.tag('one:1', { repo: `x@${DIGEST}`, tag: undefined }), { code: 'bad-reference' })
  assert.throws(() => images.tag('none', { repo: 'x', tag: undefined }), { code: 'no-such-image' })
})

test('the host can be given other names, which can be removed', (test) => {
  const { images } = makePlace(test)
  images.tag('host', { repo: 'machine', tag: undefined })
  assert.deepEqual(images.remove('machine', gently), [{ Untagged: 'machine:latest' }])
  assert.throws(() => images.remove(images.resolve('host').id, forced), { code: 'host-image-stays' })
})

test('events tell what went, in order', async (test) => {
  const { images, events, put } = makePlace(test)
  const { id } = await put({ layers: ['x'], tags: ['a:1'], config: { config: { Labels: { stage: 'test' } } } })
  images.remove('a:1', gently)
  images.prune(new Map())
  assert.deepEqual(
    events.map(({ Type, Action, Actor }) => [Type, Action, Actor]),
    [
      ['image', 'untag', { ID: id, Attributes: { stage: 'test', name: id } }],
      ['image', 'delete', { ID: id, Attributes: { name: id } }],
      ['image', 'prune', { ID: '', Attributes: { reclaimed: '0' } }],
    ],
  )
})

test('sizes: shared layers are told apart, and counted once for all', async (test) => {
  const { images, containers, put } = makePlace(test)
  const one = await put({ layers: ['12345', '123'], tags: ['one:1'] })
  await put({ layers: ['12345', '1'], tags: ['two:1'] })
  containers.push(use(one, true))
  const found = await images.list({ filters: new Map(), sharedSize: true, containers: true })
  const shown = found.filter(({ RepoTags }) => RepoTags[0] !== 'host:latest')
  assert.deepEqual(
    shown.map(({ RepoTags, Size, SharedSize, Containers }) => [RepoTags[0], Size, SharedSize, Containers]),
    [
      ['one:1', 8, 5, 1],
      ['two:1', 6, 5, 0],
    ],
  )
  const { Size: host } = await images.inspect('host')
  assert.equal(await images.totalSize(), host + 9)
})

test('history gives each step the size of its layer, the newest first', async (test) => {
  const { images, put } = makePlace(test)
  const history = [
    { created: '2024-01-01T00:00:00Z', created_by: 'ADD' },
    { created_by: 'CMD', empty_layer: true, comment: 'c' },
    { created_by: 'RUN' },
  ]
  const { id } = await put({ layers: ['12345', '123'], tags: ['one:1'], config: { history } })
  assert.deepEqual(await images.history('one:1'), [
    { Id: id, Created: 0, CreatedBy: 'RUN', Tags: ['one:1'], Size: 3, Comment: '' },
    { Id: '<missing>', Created: 0, CreatedBy: 'CMD', Tags: null, Size: 0, Comment: 'c' },
    { Id: '<missing>', Created: 1_704_067_200, CreatedBy: 'ADD', Tags: null, Size: 5, Comment: '' },
  ])
  await put({ layers: ['1'], tags: ['long:1'], config: { history: [{}, {}] } })
  await assert.rejects(images.history('long:1'), { code: 'bad-history' })
  await put({ layers: ['1', '22'], tags: ['none:1'] })
  assert.deepEqual(
    (await images.history('none:1')).map(({ Size }) => Size),
    [2, 1],
  )
  assert.equal((await images.history('host')).length, 1)
})

test('inspect tells what the image says of itself', async (test) => {
  const { images, put } = makePlace(test)
  await put({
    layers: ['x'],
    tags: ['app:1'],
    repoDigests: [`docker.io/library/app@${DIGEST}`],
    config: { created: '2024-01-02T03:04:05.678901234Z', author: 'me', architecture: 'arm64', variant: 'v8', config: { Env: ['A=b'] } },
  })
  const { Created, Author, Architecture, Variant, Config, RepoDigests, RootFS } = await images.inspect('app:1')
  assert.deepEqual([Created, Author, Architecture, Variant], ['2024-01-02T03:04:05.678901234Z', 'me', 'arm64', 'v8'])
  assert.deepEqual(Config, { Env: ['A=b'] })
  assert.deepEqual(RepoDigests, [`app@${DIGEST}`])
  assert.deepEqual(RootFS.Layers, [diffId('x')])
})

test('the last name goes with the image in one write', async (t) => {
  const { context } = makeTestImages(t)
  await putTestImage(context, { layers: ['one'], tags: ['a:1'] })
  const writes: string[] = []
  const records = { ...context.records, put: () => void writes.push('put'), delete: () => void writes.push('delete') }
  removeImage({ ...context, records }, 'a:1', { force: false })
  assert.deepEqual(writes, ['delete'])
})
