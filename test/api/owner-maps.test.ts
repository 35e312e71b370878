/** Folders of the host in which files stay their owner's, whoever the container runs as. */
import assert from 'node:assert/strict'
import { chownSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'

describe('a folder mounted with idmap', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  let folder: TemporaryFolder
  before(async () => {
    engine = await startEngine()
    folder = makeTemporaryFolder('owner')
    writeFileSync(join(folder.path, 'mine'), 'mine')
    for (const path of [folder.path, join(folder.path, 'mine')]) chownSync(path, 1234, 2345)
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
    await folder?.[Symbol.asyncDispose]()
  })

  const run = async (flags: readonly string[], script: string, mode = 'idmap'): Promise<string> => {
    const { code, stdout, stderr } = await engine.docker(
      'run',
      '--rm',
      '-v',
      `${folder.path}:/src:${mode}`,
      ...flags,
      'tiny',
      'sh',
      '-c',
      script,
    )
    assert.equal(code, 0, stderr)
    return stdout.trimEnd()
  }
  const ownerOf = (name: string) => {
    const { uid, gid } = statSync(join(folder.path, name))
    return [uid, gid]
  }

  test('what root makes in the container is the owner’s, and what is the owner’s is root’s there', async () => {
    assert.equal(await run([], 'stat -c "%u:%g" /src/mine; echo x > /src/made; chown 55:66 /src/mine; stat -c %u /src/mine'), '0:0\n55')
    assert.deepEqual(
      [ownerOf('made'), ownerOf('mine')],
      [
        [1234, 2345],
        [55, 66],
      ],
    )
    chownSync(join(folder.path, 'mine'), 1234, 2345)
  })

  test('as any other user as well, read-only too, and nothing else of the host changes', async () => {
    assert.equal(await run(['-u', '77:88'], 'stat -c "%u:%g" /src/mine; echo x > /src/other'), '77:88')
    assert.deepEqual(ownerOf('other'), [1234, 2345])
    assert.match(await run([], 'touch /src/x 2>&1 || true', 'ro,idmap'), /Read-only/)
    assert.deepEqual(readdirSync(folder.path).sort(), ['made', 'mine', 'other'])
    assert.equal(await run(['-u', '1234:2345'], 'stat -c "%u:%g" /src/mine'), '1234:2345')
    // Without the word it is as it was.
    assert.equal(await run([], 'stat -c "%u:%g" /src/mine', 'rw'), '1234:2345')
  })

  test('a file system that cannot says so, and so does a volume', async () => {
    const start = async (bind: string) => {
      const body = { Image: 'tiny', Cmd: ['true'], User: '5:5', HostConfig: { Binds: [bind] } }
      const made = await engine.helper.request('POST', '/containers/create', body)
      if (made.status !== 201) return [made.status, Object(made.body).code]
      const { status, body: answer } = await engine.helper.request('POST', `/containers/${Object(made.body).Id}/start`)
      return [status, Object(answer).code]
    }
    assert.deepEqual(await start('/proc/sys:/mnt:idmap'), [400, 'idmap-not-available'])
    assert.deepEqual(await start('data:/mnt:idmap'), [400, 'bad-mount-mode'])
  })

  test('a plan says it without making it', async () => {
    const body = { Image: 'tiny', Cmd: ['true'], HostConfig: { Binds: [`${folder.path}:/src:idmap`] } }
    const { body: plan } = await engine.helper.request('POST', '/pocker/explain', body)
    assert.match(JSON.stringify(plan), /swapOwners/)
  })
})
