import assert from 'node:assert/strict'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { PockerError } from '../api/errors.ts'
import type { ImageUse } from './context.ts'
import { type Images, openImages } from './images.ts'
import { makeTestImages } from './testing/test-image-context.ts'

interface Place {
  readonly images: Images
  readonly folder: string
  readonly dataRoot: string
  readonly containers: ImageUse[]
}

function makePlace(context: TestContext): Place {
  const { context: imageContext, containers, place } = makeTestImages(context)
  const folder = join(place, 'root')
  mkdirSync(join(folder, 'bin'), { recursive: true })
  writeFileSync(join(folder, 'bin/sh'), 'x'.repeat(1000))
  return { images: openImages(imageContext), folder, dataRoot: imageContext.dataRoot, containers }
}

const none = { filters: new Map() }
const gently = { force: false }

async function names(images: Images, filters: Record<string, string[]> = {}): Promise<string[]> {
  const found = await images.list({ filters: new Map(Object.entries(filters)) })
  return found.map(({ RepoTags, Id }) => RepoTags.join(',') || Id)
}

function code(action: () => unknown): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    return error instanceof PockerError ? error.code : String(error)
  }
}

test('at first there is the host', async (context) => {
  const { images } = makePlace(context)
  assert.deepEqual(await names(images), ['host:latest'])
  assert.equal(images.resolve('host').mounts[0]?.destination, '/usr')
})

test('a folder is an image under its name, with its size, and always with the same ID', async (context) => {
  const { images, folder } = makePlace(context)
  const { Id } = images.importFolder(folder, 'tutorial')
  const again = images.importFolder(folder, 'me/tutorial:2')
  assert.equal(again.Id, Id)
  const inspected = await images.inspect('tutorial')
  assert.deepEqual(inspected.RepoTags, ['tutorial:latest', 'me/tutorial:2'])
  assert.equal(inspected.Size, 1000)
  assert.equal((await images.list(none)).length, 2)
})

test('an image is found by any of its names and by the start of its ID', (context) => {
  const { images, folder } = makePlace(context)
  const { Id } = images.importFolder(folder, 'tutorial')
  const digits = Id.slice('sha256:'.length)
  for (const name of ['tutorial', 'docker.io/library/tutorial:latest', Id, digits, digits.slice(0, 12)]) {
    assert.deepEqual(images.resolve(name).layers, [folder])
  }
})

test('what is not there is not found', (context) => {
  const { images } = makePlace(context)
  for (const name of ['busybox', 'host:2', 'abcdef', `sha256:${'0'.repeat(64)}`, '0'.repeat(64), `host@sha256:${'0'.repeat(64)}`]) {
    assert.equal(
      code(() => images.resolve(name)),
      'no-such-image',
    )
  }
  assert.equal(
    code(() => images.resolve('Bad//Name')),
    'bad-reference',
  )
})

test('a name moves to the folder imported last', async (context) => {
  const { images, folder, dataRoot } = makePlace(context)
  const second = join(dataRoot, '../second')
  mkdirSync(second)
  const first = images.importFolder(folder, 'app')
  images.importFolder(second, 'app')
  assert.deepEqual(images.resolve('app').layers, [second])
  assert.deepEqual(await names(images, { dangling: ['true'] }), [first.Id])
})

test('filters', async (context) => {
  const { images, folder, dataRoot } = makePlace(context)
  const second = join(dataRoot, '../second')
  mkdirSync(second)
  images.importFolder(folder, 'app:1')
  images.importFolder(second, 'other/app:2')
  assert.deepEqual(await names(images, { reference: ['app'] }), ['app:1'])
  assert.deepEqual(await names(images, { reference: ['*/app:?', 'ho*'] }), ['other/app:2', 'host:latest'])
  assert.deepEqual(await names(images, { since: ['app:1'] }), ['other/app:2'])
  assert.deepEqual(await names(images, { before: ['app:1'] }), ['host:latest'])
  assert.deepEqual(await names(images, { label: ['x'] }), [])
  await assert.rejects(names(images, { color: ['red'] }), { code: 'unknown-filter' })
})

test('removing takes names away one by one, then the image, never the folder', (context) => {
  const { images, folder } = makePlace(context)
  const { Id } = images.importFolder(folder, 'a')
  images.importFolder(folder, 'b')
  assert.equal(
    code(() => images.remove(Id, gently)),
    'image-has-names',
  )
  assert.deepEqual(images.remove('a', gently), [{ Untagged: 'a:latest' }])
  assert.deepEqual(images.remove('b', gently), [{ Untagged: 'b:latest' }, { Deleted: Id }])
  assert.equal(images.importFolder(folder, 'a').Id, Id)
})

test('an image in use stays, and so does the host', (context) => {
  const { images, folder, containers } = makePlace(context)
  const { Id } = images.importFolder(folder, 'a')
  containers.push({ id: 'c1', name: 'web', image: Id, running: false, layers: [folder] })
  assert.equal(
    code(() => images.remove('a', gently)),
    'image-in-use',
  )
  assert.equal(
    code(() => images.remove('host', gently)),
    'host-image-stays',
  )
  assert.equal(
    code(() => images.importFolder(folder, 'host')),
    'host-image-stays',
  )
})

test('folders that cannot be images', (context) => {
  const { images, folder, dataRoot } = makePlace(context)
  symlinkSync('/', join(folder, 'link'))
  const refused = [
    '/',
    'relative',
    join(folder, 'none'),
    join(folder, 'bin/sh'),
    join(folder, 'link'),
    dataRoot,
    join(dataRoot, 'images'),
    join(dataRoot, '..'),
  ]
  for (const path of refused) {
    assert.equal(
      code(() => images.importFolder(path, 'x')),
      'bad-image-folder',
      path,
    )
  }
})

test('an image whose folder has gone says so', (context) => {
  const { images, folder } = makePlace(context)
  images.importFolder(folder, 'a')
  rmSync(folder, { recursive: true })
  assert.equal(
    code(() => images.resolve('a')),
    'image-folder-missing',
  )
})

test('a folder that is not kept resolves like one that is', (context) => {
  const { images, folder } = makePlace(context)
  const { Id } = images.importFolder(folder, 'a')
  assert.equal(images.resolveFolder(folder).id, Id)
})
