/** Files of a volume that no container has mounted, by the endpoints that serve those of containers. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { makeTemporaryFolder } from '../support/folders.ts'

describe('files of a volume', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  before(async () => {
    engine = await startEngine()
    for (const Name of ['data', 'gone', 'used']) await engine.helper.request('POST', '/volumes/create', { Name })
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
  })

  const ask = async (method: string, volume: string, rest: string, body?: unknown) => {
    const answer = await engine.helper.request(method, `/pocker/volumes/${volume}/files${rest}`, body)
    return { status: answer.status, body: Object(answer.body) }
  }
  const folderOf = (name: string) => join(engine.helper.dataRoot, 'volumes', name, '_data')

  test('are looked at and changed, and are the same in a container', async () => {
    assert.equal((await ask('POST', 'data', '/folder?path=/a&mode=0750&uid=5')).status, 200)
    writeFileSync(join(folderOf('data'), 'a/file'), 'hello')
    const { body } = await ask('GET', 'data', '/list?path=/a')
    assert.deepEqual(
      body.entries.map(({ name, size }: { name: string; size: number }) => [name, size]),
      [['file', 5]],
    )
    assert.equal((await ask('POST', 'data', '/rename?from=/a/file&to=/a/moved')).status, 200)
    const { mode, uid } = statSync(join(folderOf('data'), 'a'))
    assert.deepEqual([mode & 0o777, uid], [0o750, 5])
    assert.equal((await engine.docker('run', '--rm', '-v', 'data:/data', 'tiny', 'cat', '/data/a/moved')).stdout, 'hello')
    assert.equal((await ask('DELETE', 'data', '?path=/a&recursive=1')).status, 204)
    assert.equal((await ask('GET', 'data', '/stat?path=/a')).status, 404)
  })

  test('links lead to nothing outside, whoever made them', async (context) => {
    const outside = makeTemporaryFolder('outside')
    context.after(() => outside[Symbol.asyncDispose]())
    writeFileSync(join(outside.path, 'secret'), 'secret')
    symlinkSync(outside.path, join(folderOf('data'), 'out'))
    symlinkSync('../../../state.db', join(folderOf('data'), 'state'))
    for (const path of ['/out/secret', '/state', '/../../state.db']) {
      assert.equal((await ask('GET', 'data', `/stat?path=${path}&follow=1`)).status, 404, path)
    }
    await ask('POST', 'data', '/folder?path=/out/made')
    assert.equal(readFileSync(join(outside.path, 'secret'), 'utf8'), 'secret')
    assert.throws(() => statSync(join(outside.path, 'made')), { code: 'ENOENT' })
  })

  test('are gone with the volume, and looking does not keep it', async () => {
    assert.equal((await ask('GET', 'gone', '/list?path=/')).status, 200)
    assert.equal((await engine.helper.request('DELETE', '/volumes/gone')).status, 204)
    const { status, body } = await ask('GET', 'gone', '/list?path=/')
    assert.deepEqual([status, body.code], [404, 'no-such-volume'])
    for (const bad of ['..', '.new-x', 'x']) assert.ok((await ask('GET', bad, '/list?path=/')).status >= 400)
  })

  test('of one that is a file system of its own are those of the file system, while somebody looks', async () => {
    const options = { Name: 'memory', DriverOpts: { type: 'tmpfs', device: 'tmpfs' } }
    await engine.helper.request('POST', '/volumes/create', options)
    await ask('POST', 'memory', '/folder?path=/a')
    assert.equal((await ask('GET', 'memory', '/list?path=/')).body.entries.length, 1)
    // Nothing of it is left beneath, where it would be found when the file system is not mounted.
    assert.equal((await engine.helper.request('DELETE', '/volumes/memory')).status, 204)
    assert.ok(!readFileSync('/proc/self/mountinfo', 'utf8').includes(engine.helper.dataRoot))
  })

  test('are served on while images come and go', async () => {
    mkdirSync(join(folderOf('used'), 'a'))
    assert.equal((await ask('GET', 'used', '/list?path=/')).status, 200)
    const imported = await engine.pocker('import', engine.rootfs, 'other')
    assert.equal(imported.code, 0, imported.stderr)
    await engine.docker('rmi', 'other')
    assert.equal((await ask('GET', 'used', '/list?path=/a')).status, 200)
  })
})
