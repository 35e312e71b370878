/** The same words to Pocker and to Docker's own daemon: what both answer of volumes and mounts is the same. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { BUSYBOX_IMAGE, type Dockerd, dockerdProgram, startDockerd } from '../../scripts/bench/dockerd.ts'
import { dockerCli } from '../support/docker.ts'
import { startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { makeClient } from '../support/request.ts'

const skip = whyNoEngine() || (dockerdProgram() === undefined ? 'dockerd is not installed' : false)

describe('volumes and mounts', { skip }, () => {
  const stack = new AsyncDisposableStack()
  let engine: TestEngine
  let dockerd: Dockerd
  let folder: TemporaryFolder
  before(async () => {
    folder = stack.use(makeTemporaryFolder('same'))
    engine = stack.use(await startEngine())
    const started = await startDockerd(engine.rootfs)
    if (typeof started === 'string') throw new Error(`start dockerd: ${started}`)
    dockerd = stack.use(started)
    const { code, stderr } = await engine.pocker('import', engine.rootfs, BUSYBOX_IMAGE)
    assert.equal(code, 0, stderr)
    mkdirSync(join(folder.path, 'bound'))
  })
  after(async () => await stack.disposeAsync())

  /** Names of volumes are alike, their places and times are not. */
  const plain = (text: string): string =>
    text
      .replace(/"(Mountpoint|Source)": ?"[^"]*\/volumes\/([^"]*)"/g, '"$1":"/volumes/$2"')
      .replace(/[0-9a-f]{64}/g, 'ID')
      .replace(/"CreatedAt": ?"[^"]*"/g, '"CreatedAt":"T"')
  const both = async (...words: string[]) => {
    const answers = [
      await dockerCli(dockerd.socket, words, { timeout: 30_000 }),
      await dockerCli(engine.helper.socket, words, { timeout: 30_000 }),
    ]
    const [theirs, ours] = answers.map(({ code, stdout }) => ({ code, stdout: plain(stdout) }))
    assert.deepEqual(ours, theirs, words.join(' '))
    return ours?.stdout ?? ''
  }
  const statuses = async (method: string, path: string, body?: unknown) => {
    using client = makeClient(dockerd.socket)
    const theirs = await client.send(method, `/v1.41${path}`, body)
    const ours = await engine.helper.request(method, `/v1.41${path}`, body)
    assert.equal(ours.status, theirs.status, `${method} ${path} ${JSON.stringify(theirs.body)}`)
  }

  test('made, listed, inspected, in use, removed', async () => {
    await both('volume', 'create', '--label', 'team=blue', 'data')
    await both('volume', 'create', 'data')
    await both('volume', 'create', '-o', 'type=tmpfs', '-o', 'device=tmpfs', '-o', 'o=size=1m', 'memory')
    await both('volume', 'inspect', 'data', 'memory')
    await both('create', '--network', 'none', '--name', 'user', '-v', 'data:/data', BUSYBOX_IMAGE, 'true')
    for (const filter of ['dangling=true', 'dangling=false', 'label=team', 'label=team=red', 'name=mem', 'driver=local', 'driver=x']) {
      await both('volume', 'ls', '-q', '-f', filter)
    }
    await statuses('DELETE', '/volumes/data')
    await statuses('DELETE', '/volumes/data?force=1')
    await statuses('DELETE', '/volumes/nosuch')
    await statuses('DELETE', '/volumes/nosuch?force=1')
    await statuses('GET', '/volumes/nosuch')
    await statuses('POST', '/volumes/create', { Name: 'a/b' })
    await statuses('POST', '/volumes/create', { Name: 'optional', DriverOpts: { colour: 'red' } })
    await statuses('GET', '/volumes?filters={"x":["y"]}')
    await both('rm', 'user')
    await both('volume', 'rm', 'data', 'memory')
    await both('volume', 'ls', '-q')
  })

  test('Mounts of a container', async () => {
    const bound = join(folder.path, 'bound')
    const flags = [
      ['-v', 'data:/data'],
      ['-v', 'data:/data:ro,nocopy'],
      ['-v', '/anonymous'],
      ['-v', `${bound}:/bound:ro`],
      ['--mount', 'type=volume,src=data,dst=/data,readonly,volume-nocopy'],
      ['--mount', `type=bind,src=${bound},dst=/bound,bind-propagation=rslave`],
      ['--mount', 'type=tmpfs,dst=/scratch,tmpfs-size=65536'],
    ]
    for (const each of flags) {
      await both('create', '--network', 'none', '--name', 'box', ...each, BUSYBOX_IMAGE, 'true')
      await both('inspect', '-f', '{{json .Mounts}}', 'box')
      await both('inspect', '-f', '{{json .HostConfig.Binds}} {{json .Config.Volumes}}', 'box')
      await both('rm', '-v', 'box')
    }
    await both('volume', 'ls', '-q')
    await both('volume', 'rm', 'data')
  })

  // Docker makes a link /etc/mtab in every container.
  test('what is in a volume: copied from the image, kept, shared, gone with --rm', async () => {
    const run = (...words: string[]) => both('run', '--rm', '--network', 'none', ...words)
    assert.match(
      await run('-v', 'filled:/etc', BUSYBOX_IMAGE, 'sh', '-c', 'ls /etc | grep -v mtab; stat -c "%a %u:%g" /etc /etc/passwd'),
      /passwd/,
    )
    await run('-v', 'filled:/else:ro', BUSYBOX_IMAGE, 'sh', '-c', 'cat /else/passwd; touch /else/x 2>&1; true')
    await run('-v', 'empty:/etc:nocopy', BUSYBOX_IMAGE, 'sh', '-c', 'ls /etc | grep -v mtab')
    await run('-v', '/anonymous', BUSYBOX_IMAGE, 'stat', '-c', '%a %u:%g', '/anonymous')
    await both('volume', 'ls', '-q')
    await both('volume', 'rm', 'filled', 'empty')
  })
})
