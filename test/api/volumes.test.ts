/** Volumes as Docker's clients make, use, list and remove them. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import type { EngineEvent } from '../../helper/api/system.ts'
import type { Volume } from '../../helper/api/volume.ts'
import { startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { makeTemporaryFolder } from '../support/folders.ts'

describe('volumes', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  before(async () => {
    engine = await startEngine()
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
  })
  afterEach(async () => {
    for (const { Id } of await engine.dockerode.listContainers({ all: true })) {
      await engine.dockerode.getContainer(Id).remove({ force: true, v: true })
    }
    for (const { Name } of await list()) await engine.dockerode.getVolume(Name).remove()
  })

  const docker = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await engine.docker(...words)
    assert.equal(code, 0, stderr)
    return stdout.trimEnd()
  }
  const request = async (method: string, path: string, body?: unknown) => {
    const answer = await engine.helper.request(method, `/v1.47${path}`, body)
    return { status: answer.status, body: Object(answer.body) }
  }
  const list = async (filters: object = {}): Promise<Volume[]> =>
    (await request('GET', `/volumes?filters=${encodeURIComponent(JSON.stringify(filters))}`)).body.Volumes
  const names = async (filters: object) => (await list(filters)).map(({ Name }) => Name)
  const mountsOfHelper = (): string[] =>
    readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(`${engine.helper.dataRoot}/volumes`))

  test('created, listed, inspected and removed by the docker command line', async () => {
    assert.equal(await docker('volume', 'create', '--label', 'team=blue', 'data'), 'data')
    assert.equal(await docker('volume', 'create', 'data'), 'data')
    assert.match(await docker('volume', 'create'), /^[0-9a-f]{64}$/)
    const [data] = JSON.parse(await docker('volume', 'inspect', 'data'))
    assert.ok(Math.abs(Date.parse(data.CreatedAt) - Date.now()) < 60_000)
    const { CreatedAt: _, ...rest } = data
    assert.deepEqual(rest, {
      Driver: 'local',
      Labels: { team: 'blue' },
      Mountpoint: join(engine.helper.dataRoot, 'volumes/data/_data'),
      Name: 'data',
      Options: null,
      Scope: 'local',
    })
    assert.equal((await docker('volume', 'ls', '-q')).split('\n').length, 2)
    assert.equal(await docker('volume', 'rm', 'data'), 'data')
    assert.ok(!existsSync(join(engine.helper.dataRoot, 'volumes/data')))
    assert.equal((await request('DELETE', '/volumes/data')).status, 404)
    assert.equal((await request('DELETE', '/volumes/data?force=1')).status, 204)
  })

  test("the command line says the same as Docker's", async () => {
    await docker('volume', 'create', '--label', 'team=blue', '--label', 'a=b', 'data')
    await docker('create', '--name', 'box', '-v', 'data:/data', 'tiny', 'true')
    const words = [
      ['volume', 'ls'],
      ['volume', 'ls', '-q', '-f', 'dangling=false'],
      ['volume', 'ls', '--format', '{{.Name}} {{.Labels}} {{.Label "team"}} {{.Links}} {{.Size}}'],
      ['volume', 'inspect', 'data'],
      ['system', 'df', '--format', '{{.Type}} {{.TotalCount}} {{.Active}}'],
      ['volume', 'inspect', 'missing'],
    ]
    for (const each of words) {
      const [theirs, ours] = [await engine.docker(...each), await engine.pocker(...each)]
      assert.deepEqual([ours.code, ours.stdout], [theirs.code, theirs.stdout], each.join(' '))
    }
  })

  test('bad requests are refused, and nothing is made', async () => {
    const refused = async (body: object, status: number, code: string) => {
      const answer = await request('POST', '/volumes/create', body)
      assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(body))
    }
    for (const Name of ['../x', 'a/b', '.new-x', '-x', 'x']) await refused({ Name }, 400, 'bad-volume-name')
    await refused({ Name: 'data', Driver: 'rexray' }, 400, 'unknown-volume-driver')
    await refused({ Name: 'data', DriverOpts: { colour: 'red' } }, 400, 'bad-volume-option')
    await refused({ Name: 'data', DriverOpts: { type: 'none', o: 'bind', device: engine.helper.dataRoot } }, 400, 'own-data-root')
    await refused({ Name: 'data', DriverOpts: { type: 'none', o: 'bind', device: '/' } }, 400, 'own-data-root')
    await docker('volume', 'create', 'data')
    await refused({ Name: 'data', Driver: 'rexray' }, 409, 'volume-name-in-use')
    assert.deepEqual(await names({}), ['data'])
  })

  test('filters', async () => {
    await docker('volume', 'create', '--label', 'team=blue', 'used')
    await docker('volume', 'create', 'idle')
    await docker('create', '-v', 'used:/data', 'tiny', 'true')
    assert.deepEqual(await names({ dangling: ['true'] }), ['idle'])
    assert.deepEqual(await names({ dangling: { false: true } }), ['used'])
    assert.deepEqual(await names({ label: ['team'] }), ['used'])
    assert.deepEqual(await names({ label: ['team=red'] }), [])
    assert.deepEqual(await names({ 'label!': ['team=blue'] }), ['idle'])
    assert.deepEqual(await names({ name: ['us'] }), ['used'])
    assert.deepEqual(await names({ driver: ['other'] }), [])
    assert.equal((await request('GET', '/volumes?filters={"x":["y"]}')).status, 400)
    assert.equal((await request('GET', '/volumes?filters={"dangling":["y"]}')).status, 400)
  })

  test('one in use stays, and who uses it is said; data outlives containers and the helper', async () => {
    await docker('run', '--name', 'writer', '-v', 'data:/data', 'tiny', 'sh', '-c', 'echo kept > /data/file')
    const { status, body } = await request('DELETE', '/volumes/data?force=1')
    assert.deepEqual([status, body.code], [409, 'volume-in-use'])
    assert.match(body.hint, /writer/)
    await docker('rm', '-v', 'writer')
    await engine.helper.restart('SIGKILL')
    assert.equal(await docker('run', '--rm', '-v', 'data:/data', 'tiny', 'cat', '/data/file'), 'kept')
    assert.deepEqual(await names({}), ['data'])
  })

  test('anonymous ones go with their container when asked, unless another has them', async () => {
    await docker('create', '--name', 'first', '-v', '/own', '-v', '/shared', 'tiny', 'true')
    const [mounts] = JSON.parse(await docker('inspect', '-f', '{{json .Mounts}}', 'first')).map(({ Name }: Volume) => Name)
    assert.match(mounts, /^[0-9a-f]{64}$/)
    assert.ok((await list()).every(({ Labels }) => Labels?.['com.docker.volume.anonymous'] === ''))
    await docker('create', '--name', 'second', '--volumes-from', 'first:ro', 'tiny', 'true')
    await docker('rm', '-v', 'first')
    assert.equal((await list()).length, 2)
    await docker('rm', '-v', 'second')
    assert.equal((await list()).length, 2) // they were never its own, as with Docker
    await docker('volume', 'prune', '-f')
    await docker('run', '--rm', '-v', '/own', 'tiny', 'true')
    assert.deepEqual(await names({}), [])
  })

  test('prune takes anonymous ones, all of them when asked, and never one in use; sizes are told', async () => {
    await docker('volume', 'create', 'named')
    await docker('volume', 'create', '--label', 'keep', 'kept')
    const anonymous = await docker('volume', 'create')
    await docker('create', '-v', 'used:/data', 'tiny', 'true')
    writeFileSync(join(engine.helper.dataRoot, 'volumes', anonymous, '_data/file'), 'x'.repeat(1000))
    writeFileSync(join(engine.helper.dataRoot, 'volumes/used/_data/file'), 'x'.repeat(500))
    const { Volumes } = (await request('GET', '/system/df?type=volume')).body
    const usage = Object.fromEntries(Volumes.map(({ Name, UsageData }: Volume) => [Name, UsageData]))
    assert.deepEqual(usage[anonymous], { Size: 1000, RefCount: 0 })
    assert.deepEqual(usage.used, { Size: 500, RefCount: 1 })
    assert.deepEqual((await request('POST', '/volumes/prune')).body, { VolumesDeleted: [anonymous], SpaceReclaimed: 1000 })
    const filters = encodeURIComponent(JSON.stringify({ all: ['true'], 'label!': ['keep'] }))
    assert.deepEqual((await request('POST', `/volumes/prune?filters=${filters}`)).body.VolumesDeleted, ['named'])
    assert.deepEqual(await names({}), ['kept', 'used'])
    // Before API 1.42 there was no difference between the two.
    const old = Object((await engine.helper.request('POST', '/v1.41/volumes/prune')).body)
    assert.deepEqual(old.VolumesDeleted, ['kept'])
  })

  test('labels and options of --mount make the volume, and inspect says what is mounted', async () => {
    const options = 'volume-label=a=b,volume-opt=type=tmpfs,volume-opt=device=tmpfs,volume-opt=o=size=1m'
    const script = 'df -k /data | tail -1 | tr -s " " | cut -d" " -f2'
    const out = await docker(
      'run',
      '--name',
      'box',
      '--mount',
      `type=volume,src=made,dst=/data,"${options}"`.replaceAll('"', ''),
      'tiny',
      'sh',
      '-c',
      script,
    )
    assert.equal(out, '1024')
    const [made] = await list({ name: ['made'] })
    assert.deepEqual([made?.Labels, made?.Options], [{ a: 'b' }, { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' }])
    const [mount] = JSON.parse(await docker('inspect', '-f', '{{json .Mounts}}', 'box'))
    assert.deepEqual(mount, {
      Type: 'volume',
      Name: 'made',
      Source: join(engine.helper.dataRoot, 'volumes/made/_data'),
      Destination: '/data',
      Driver: 'local',
      Mode: 'z',
      RW: true,
      Propagation: '',
    })
    assert.deepEqual(mountsOfHelper(), [])
  })

  test('a volume in memory is one for all that run, over a restart of the helper, and gone after the last', async () => {
    await docker('volume', 'create', '-o', 'type=tmpfs', '-o', 'device=tmpfs', 'memory')
    await docker('run', '-d', '--name', 'one', '-v', 'memory:/data', 'tiny', 'sh', '-c', 'echo shared > /data/file; exec sleep 1000')
    await docker('exec', 'one', 'sh', '-c', 'until [ -s /data/file ]; do sleep 0.01; done')
    await engine.helper.restart('SIGKILL')
    assert.equal(await docker('run', '--rm', '-v', 'memory:/data', 'tiny', 'cat', '/data/file'), 'shared')
    assert.equal(mountsOfHelper().length, 1)
    await docker('rm', '-f', 'one')
    await engine.helper.request('GET', '/pocker/volumes/memory/files/list?path=/') // its mount goes with the last who looks
    await docker('volume', 'rm', 'memory')
    assert.deepEqual(mountsOfHelper(), [])
  })

  test('a folder of the host as a volume: it is filled, stays when the volume goes, and a missing one is said', async (context) => {
    const host = makeTemporaryFolder('volume')
    context.after(() => host[Symbol.asyncDispose]())
    const make = (name: string, device: string) =>
      docker('volume', 'create', '-o', 'type=none', '-o', 'o=bind', '-o', `device=${device}`, name)
    await make('mine', host.path)
    await docker('run', '--rm', '-v', 'mine:/etc', 'tiny', 'sh', '-c', 'echo here > /etc/new')
    assert.equal(readFileSync(join(host.path, 'new'), 'utf8'), 'here\n')
    assert.ok(existsSync(join(host.path, 'passwd')))
    assert.deepEqual(mountsOfHelper(), [])
    await docker('volume', 'rm', 'mine')
    assert.ok(existsSync(join(host.path, 'new')))
    await make('lost', join(host.path, 'missing'))
    const id = await docker('create', '-v', 'lost:/data:nocopy', 'tiny', 'true')
    const { status, body } = await request('POST', `/containers/${id}/start`)
    assert.deepEqual([status, body.code], [400, 'volume-device-missing'])
  })

  test('a kernel without the file system says so', async () => {
    await docker('volume', 'create', '-o', 'type=nosuchfs', '-o', 'device=x', 'strange')
    const id = await docker('create', '-v', 'strange:/data:nocopy', 'tiny', 'true')
    const { status, body } = await request('POST', `/containers/${id}/start`)
    assert.deepEqual([status, body.code], [503, 'volume-mount-failed'])
    assert.deepEqual(mountsOfHelper(), [])
  })

  test('a part of a volume: it must be there, and links never lead out of it', async (context) => {
    const outside = makeTemporaryFolder('outside')
    context.after(() => outside[Symbol.asyncDispose]())
    writeFileSync(join(outside.path, 'secret'), 'secret')
    await docker('volume', 'create', 'data')
    const data = join(engine.helper.dataRoot, 'volumes/data/_data')
    mkdirSync(join(data, 'a/b'), { recursive: true })
    writeFileSync(join(data, 'a/b/file'), 'inner')
    symlinkSync('/a/b', join(data, 'inside'))
    symlinkSync(outside.path, join(data, 'outside'))
    symlinkSync('../../../../../../..', join(data, 'up'))
    const run = (subpath: string, ...words: string[]) =>
      engine.docker('run', '--rm', '--mount', `type=volume,src=data,dst=/data,volume-subpath=${subpath}`, 'tiny', ...words)
    assert.equal((await run('a/b', 'cat', '/data/file')).stdout, 'inner')
    assert.equal((await run('a/b/file', 'cat', '/data')).stdout, 'inner')
    assert.equal((await run('inside', 'cat', '/data/file')).stdout, 'inner')
    assert.equal((await run('up', 'ls', '/data')).stdout, 'a\ninside\noutside\nup\n')
    for (const missing of ['c', 'outside']) {
      const { code, stderr } = await run(missing, 'ls', '/data')
      assert.notEqual(code, 0, missing)
      assert.match(stderr, /part of a volume/)
    }
    const body = (Subpath: string) => ({
      Image: 'tiny',
      Cmd: ['true'],
      HostConfig: { Mounts: [{ Type: 'volume', Source: 'data', Target: '/data', VolumeOptions: { Subpath } }] },
    })
    for (const bad of ['../x', '/a', 'a/../../b']) {
      const refused = await request('POST', '/containers/create', body(bad))
      assert.deepEqual([refused.status, refused.body.code], [400, 'bad-volume-subpath'])
    }
    // `docker cp` from one that does not run sees the same.
    const made = await request('POST', '/containers/create', body('inside'))
    assert.equal((await request('HEAD', `/containers/${made.body.Id}/archive?path=/data/file`)).status, 200)
  })

  test('events', async () => {
    const since = Date.now() / 1000
    await docker('run', '--name', 'box', '-v', 'data:/data:ro', 'tiny', 'true')
    await docker('rm', 'box')
    await docker('volume', 'rm', 'data')
    const text = await docker(
      'events',
      '--since',
      String(since),
      '--until',
      String(Date.now() / 1000),
      '--filter',
      'type=volume',
      '--format',
      '{{json .}}',
    )
    const events: EngineEvent[] = text.split('\n').map((line) => JSON.parse(line))
    assert.deepEqual(
      events.filter(({ Actor }) => Actor.ID === 'data').map(({ Action }) => Action),
      ['create', 'mount', 'unmount', 'destroy'],
    )
    const mount = events.find(({ Action }) => Action === 'mount')?.Actor.Attributes
    assert.deepEqual([mount?.destination, mount?.['read/write'], mount?.driver], ['/data', 'false', 'local'])
  })

  test('a create that is refused leaves no volume', async () => {
    for (const Image of ['nosuch', 'tiny']) {
      const body = { Image, Cmd: ['true'], HostConfig: { Binds: ['new:/data', '/proc:/data'] }, Volumes: { '/own': {} } }
      assert.ok((await request('POST', '/containers/create', body)).status >= 400)
    }
    assert.deepEqual(readdirSync(join(engine.helper.dataRoot, 'volumes')), [])
  })
})
