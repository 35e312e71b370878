/** New volumes get what the image has at their place. */
import assert from 'node:assert/strict'
import { createReadStream, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { makeTemporaryFolder } from '../support/folders.ts'
import { transfer } from '../support/image-transfer.ts'
import { runChecked } from '../support/run.ts'

const FILL = 'fill:1'

describe('volumes of a new container', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  before(async () => {
    engine = await startEngine()
    await importImage(engine)
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
  })
  afterEach(async () => {
    for (const { Id } of await engine.dockerode.listContainers({ all: true })) {
      await engine.dockerode.getContainer(Id).remove({ force: true, v: true })
    }
  })

  const folderOf = (volume: string): string => join(engine.helper.dataRoot, 'volumes', volume, '_data')
  const create = async (binds: readonly string[], more: object = {}) => {
    const body = { Image: FILL, Cmd: ['/none'], HostConfig: { Binds: binds }, ...more }
    return await engine.helper.request('POST', '/containers/create', body)
  }

  test("content comes with owner, mode, times and links, and the folder itself like the image's", async () => {
    assert.equal((await create(['full:/data'])).status, 201)
    const folder = folderOf('full')
    const own = lstatSync(folder)
    assert.deepEqual([own.uid, own.gid, own.mode & 0o7777, own.mtimeMs], [1000, 1001, 0o1750, 1_600_000_000_000])
    assert.equal(readFileSync(join(folder, 'sub/file'), 'utf8'), 'content')
    const file = lstatSync(join(folder, 'sub/file'))
    assert.deepEqual([file.uid, file.mode & 0o7777, file.mtimeMs], [1000, 0o4711, 1_600_000_000_000])
    assert.ok(lstatSync(join(folder, 'link')).isSymbolicLink())
    assert.deepEqual(readdirSync(join(folder, '..')).sort(), ['_data', 'volume.json'])
  })

  test('an empty folder gives its owner and mode without a process', async () => {
    await create(['bare:/bare'])
    const { uid, mode } = lstatSync(folderOf('bare'))
    assert.deepEqual([uid, mode & 0o7777], [1002, 0o700])
  })

  test('a link in the image is followed there and nowhere else', async () => {
    await create(['linked:/way', 'escape:/escape'])
    assert.equal(readFileSync(join(folderOf('linked'), 'sub/file'), 'utf8'), 'content')
    assert.deepEqual(readdirSync(folderOf('escape')), ['of-the-image'])
  })

  test('what is in use, nocopy and folders of the host stay as they are', async (context) => {
    mkdirSync(folderOf('used'), { recursive: true })
    writeFileSync(join(folderOf('used'), 'mine'), '')
    const host = makeTemporaryFolder('host')
    context.after(() => host[Symbol.asyncDispose]())
    await create(['used:/data', 'plain:/data2:nocopy', `${host.path}:/data3`])
    assert.deepEqual(readdirSync(folderOf('used')), ['mine'])
    assert.deepEqual(readdirSync(folderOf('plain')), [])
    assert.deepEqual(readdirSync(host.path), [])
    const noCopy = { Type: 'volume', Source: 'asked', Target: '/data', VolumeOptions: { NoCopy: true } }
    await engine.helper.request('POST', '/containers/create', { Image: FILL, Cmd: ['/none'], HostConfig: { Mounts: [noCopy] } })
    assert.deepEqual(readdirSync(folderOf('asked')), [])
  })

  test('anonymous volumes of the image are filled, go with the container, and one that was left half filled is filled anew', async () => {
    await create([], { Volumes: { '/data': {} } })
    const [anonymous] = readdirSync(join(engine.helper.dataRoot, 'volumes')).filter((name) => name.length === 64)
    assert.equal(readFileSync(join(folderOf(anonymous ?? ''), 'sub/file'), 'utf8'), 'content')
    mkdirSync(folderOf('half'), { recursive: true })
    writeFileSync(join(folderOf('half'), 'half'), '')
    writeFileSync(join(folderOf('half'), '../unfinished'), '')
    await create(['half:/data'])
    assert.deepEqual(readdirSync(folderOf('half')).sort(), ['link', 'sub'])
    assert.ok(!existsSync(join(folderOf('half'), '../unfinished')))
  })

  test('two at once with the same new volume: both see it whole', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => create(['shared:/data'])))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 201, 201],
    )
    assert.equal(readFileSync(join(folderOf('shared'), 'sub/file'), 'utf8'), 'content')
  })

  test("the same name at once is refused while the first one's volume is being filled", async () => {
    const body = { Image: FILL, Cmd: ['/none'], HostConfig: { Binds: ['name:/data'] } }
    const post = () => engine.helper.request('POST', '/containers/create?name=twice', body)
    const statuses = (await Promise.all([post(), post()])).map(({ status }) => status)
    assert.deepEqual(statuses.sort(), [201, 409])
  })
})

async function importImage(engine: TestEngine): Promise<void> {
  await using folder = makeTemporaryFolder('fill')
  const script = `
    mkdir -p root/data/sub root/data2 root/data3 root/bare root/etc && cd root
    echo -n content >data/sub/file; ln -s sub/file data/link; echo x >data2/x; echo x >data3/x
    ln -s data way; mkdir -p inside; touch inside/of-the-image; ln -s ../../../../inside escape
    chown -R 1000:1001 data; chown 1002 bare; chmod 700 bare; chmod 4711 data/sub/file; chmod 1750 data
    touch -h -d @1600000000 data/sub/file data/link data/sub data
    tar -cf ../root.tar .`
  await runChecked('sh', ['-c', script], { cwd: folder.path })
  const [repo, tag] = FILL.split(':')
  const answer = await transfer(engine.helper.socket, `/images/create?fromSrc=-&repo=${repo}&tag=${tag}`, {
    body: createReadStream(join(folder.path, 'root.tar')),
  })
  assert.equal(answer.error, undefined)
}
