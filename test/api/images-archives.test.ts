/** Images out of containers and archives, and the files of containers: what becomes of them, and what is refused. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, afterEach, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { makeCanary } from '../support/canary.ts'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { readStore } from '../support/image-store.ts'
import { loadImages } from '../support/image-transfer.ts'
import { layerOf } from '../support/layers.ts'
import { writeLayout } from '../support/oci-layout.ts'
import { runChecked } from '../support/run.ts'

describe('archives', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  let folder: TemporaryFolder
  before(async () => {
    engine = await startEngine()
    folder = makeTemporaryFolder('archives')
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
    await folder?.[Symbol.asyncDispose]()
  })
  afterEach(async () => {
    for (const { Id } of await engine.dockerode.listContainers({ all: true }))
      await engine.dockerode.getContainer(Id).remove({ force: true, v: true })
    for (const { Id, RepoTags } of await engine.dockerode.listImages({ all: true })) {
      if (!RepoTags?.some((tag) => tag === 'host:latest' || tag === 'tiny:latest'))
        await engine.dockerode.getImage(Id).remove({ force: true })
    }
    const { blobs, layers, faults } = readStore(engine.helper.dataRoot)
    assert.deepEqual({ blobs, layers, faults }, { blobs: [], layers: [], faults: [] })
  })

  const at = (name: string): string => join(folder.path, name)
  const ok = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await engine.docker(...words)
    assert.equal(code, 0, `docker ${words.join(' ')}: ${stderr}`)
    return stdout.trimEnd()
  }
  const refused = async (method: string, path: string, body?: unknown) => {
    const answer = await engine.helper.request(method, path, body)
    const { code }: { readonly code?: unknown } = { ...Object(answer.body) }
    return { status: answer.status, code }
  }
  /** What the tar in `path` of a container holds, by name. */
  const taken = async (container: string, path: string): Promise<Record<string, string>> => {
    const archive = at('taken.tar')
    writeFileSync(archive, await buffer(await engine.dockerode.getContainer(container).getArchive({ path })))
    const names = (await runChecked('tar', ['-tf', archive])).trim().split('\n')
    const entries = names.map(async (name) => [name, name.endsWith('/') ? '' : await runChecked('tar', ['-xOf', archive, name])] as const)
    return Object.fromEntries(await Promise.all(entries))
  }

  describe('commit', () => {
    test('is the image and one layer of changes, with what the request says', async () => {
      await ok(
        'run',
        '--name',
        'source',
        '-e',
        'A=1',
        '-w',
        '/tmp',
        '--label',
        'mine=1',
        'tiny',
        'sh',
        '-c',
        'echo new > /etc/new; rm /bin/wc; rm -r /home; mkdir /home',
      )
      const events = engine.helper.client.open('GET', `/events?since=${Date.now() / 1000}&until=${Date.now() / 1000 + 3600}`)
      const id = await ok('commit', '-m', 'words', '-a', 'somebody', '-c', 'CMD ["cat","/etc/new"]', '-c', 'ENV B=$A', 'source', 'made:1')
      const image = await engine.dockerode.getImage('made:1').inspect()
      assert.equal(image.Id, id)
      const { Cmd, Env, WorkingDir, Labels, Entrypoint } = image.Config
      assert.deepEqual(
        { Cmd, WorkingDir, Labels, Entrypoint: Entrypoint ?? null },
        { Cmd: ['cat', '/etc/new'], WorkingDir: '/tmp', Labels: { mine: '1' }, Entrypoint: null },
      )
      assert.deepEqual(Env.filter((entry: string) => /^[AB]=/.test(entry)).sort(), ['A=1', 'B=1'])
      assert.deepEqual([image.Author, image.Comment, image.RootFS.Layers?.length], ['somebody', 'words', 2])
      assert.equal(await ok('run', '--rm', 'made:1'), 'new')
      assert.equal(await ok('run', '--rm', 'made:1', 'sh', '-c', 'ls /bin/wc; ls -A /home; true'), '')

      const [step] = await engine.dockerode.getImage('made:1').history()
      assert.deepEqual(
        [step.Comment, step.CreatedBy, step.Size],
        ['words', 'sh -c echo new > /etc/new; rm /bin/wc; rm -r /home; mkdir /home', 4],
      )
      const stream = await events
      const told: { Action: string; Actor: { Attributes: Record<string, string> } }[] = []
      for await (const piece of stream.setEncoding('utf8')) {
        for (const line of piece.split('\n').filter((text: string) => text !== '')) told.push(JSON.parse(line))
        if (told.some(({ Action }) => Action === 'commit')) break
      }
      const commit = told.find(({ Action }) => Action === 'commit')
      assert.deepEqual(
        [commit?.Actor.Attributes.imageID, commit?.Actor.Attributes.imageRef, commit?.Actor.Attributes.comment],
        [id, 'made:1', 'words'],
      )
      assert.ok(told.some(({ Action }) => Action === 'tag'))
    })

    test('again and again, on what was committed; without changes there is no layer more', async () => {
      await ok('run', '--name', 'first', 'tiny', 'touch', '/one')
      await ok('commit', 'first', 'made:1')
      await ok('run', '--name', 'second', 'made:1', 'touch', '/two')
      await ok('commit', 'second', 'made:2')
      const layers = async (name: string) => (await engine.dockerode.getImage(name).inspect()).RootFS.Layers ?? []
      const [one, two] = [await layers('made:1'), await layers('made:2')]
      assert.deepEqual(two.slice(0, -1), one)
      assert.equal(await ok('run', '--rm', 'made:2', 'ls', '/one', '/two'), '/one\n/two')
      await ok('create', '--name', 'third', 'made:2', 'true')
      await ok('commit', '-c', 'USER user', 'third', 'made:3')
      assert.deepEqual(await layers('made:3'), two)
      assert.equal(await ok('run', '--rm', 'made:3', 'id', '-un'), 'user')
    })

    test('of a running container, which stands still meanwhile unless it is not to', async () => {
      await ok('run', '-d', '--name', 'writer', 'tiny', 'sh', '-c', 'i=0; while :; do i=$((i+1)); echo $i > /a; cp /a /b; done')
      await eventually('it writes', async () => (await engine.docker('exec', 'writer', 'ls', '/b')).code === 0)
      const actions = async (...flags: string[]) => {
        const since = String(Date.now() / 1000)
        await ok('commit', ...flags, 'writer', 'made')
        const lines = await ok(
          'events',
          '--since',
          since,
          '--until',
          String(Date.now() / 1000),
          '--filter',
          'container=writer',
          '--format',
          '{{.Action}}',
        )
        return lines.split('\n')
      }
      assert.deepEqual(await actions(), ['pause', 'unpause', 'commit'])
      assert.deepEqual(await actions('--pause=false'), ['commit'])
      assert.equal(await ok('inspect', '-f', '{{.State.Status}}', 'writer'), 'running')
      await ok('pause', 'writer')
      assert.deepEqual(await actions(), ['commit'])
      assert.equal(await ok('inspect', '-f', '{{.State.Status}}', 'writer'), 'paused')
    })

    test('of a container whose image is gone: its folders are the layers', async () => {
      await ok('run', '--name', 'first', 'tiny', 'touch', '/one')
      await ok('commit', 'first', 'made')
      await ok('run', '--name', 'second', 'made', 'touch', '/two')
      await ok('rmi', '-f', 'made')
      await ok('commit', 'second', 'again')
      assert.equal(await ok('run', '--rm', 'again', 'ls', '/one', '/two'), '/one\n/two')
    })

    test('refused, and nothing is left', async () => {
      await ok('create', '--name', 'source', 'tiny', 'true')
      await ok('create', '--name', 'machine', 'host', 'true')
      assert.deepEqual(await refused('POST', '/commit?container=nobody'), { status: 404, code: 'no-such-container' })
      assert.deepEqual(await refused('POST', '/commit?container=source&repo=Bad'), { status: 400, code: 'bad-reference' })
      assert.deepEqual(await refused('POST', '/commit?container=source&repo=host'), { status: 409, code: 'host-image-stays' })
      assert.deepEqual(await refused('POST', '/commit?container=source&changes=RUN+x'), { status: 400, code: 'bad-change' })
      assert.deepEqual(await refused('POST', '/commit?container=machine'), { status: 400, code: 'image-not-portable' })
      assert.deepEqual(await refused('GET', '/images/tiny/get'), { status: 400, code: 'image-not-portable' })
      await ok('run', '--name', 'odd', 'tiny', 'touch', '/.wh.bin')
      assert.deepEqual(await refused('POST', '/commit?container=odd'), { status: 409, code: 'whiteout-name' })
    })
  })

  test('import: an image of one layer, which runs', async () => {
    await runChecked('tar', ['-czf', at('root.tar.gz'), '-C', engine.rootfs, '.'])
    const id = await ok('import', '-m', 'by hand', '-c', 'CMD ["echo", "hi"]', at('root.tar.gz'), 'made:1')
    const image = await engine.dockerode.getImage('made:1').inspect()
    assert.deepEqual([image.Id, image.Comment, image.RootFS.Layers?.length], [id, 'by hand', 1])
    assert.equal(await ok('run', '--rm', 'made:1'), 'hi')
    writeFileSync(at('bad.tar'), gzipSync('no archive'.repeat(100)))
    assert.equal((await engine.docker('import', at('bad.tar'), 'bad')).code, 1)
  })

  test('hostile layers change nothing outside, and nothing of them is left', async () => {
    await using canary = makeCanary()
    const inside = await layerOf({ 'etc/inside': 'x' })
    const cases: Record<string, Buffer> = {
      'a folder that is a link': await tarOf([['ln', '-s', canary.path, 'out']], ['out'], 'out/secret'),
      'an absolute name': await renamedTar(join(canary.path, 'secret')),
      'a name that climbs out': await renamedTar(`../../../../../../../../../..${canary.path}/secret`),
    }
    for (const [what, layer] of Object.entries(cases)) {
      writeLayout(at(what), [{ name: 'localhost/evil:latest', layers: [inside, layer] }])
      await runChecked('tar', ['-cf', at('evil.tar'), '-C', at(what), '.'])
      await loadImages(engine.helper.socket, at('evil.tar'))
      canary.assertUnchanged()
      if (await isThere('localhost/evil')) await ok('rmi', 'localhost/evil')
    }
    writeLayout(at('lie'), [{ name: 'localhost/evil:latest', layers: [inside] }])
    const index = JSON.parse(readFileSync(at('lie/index.json'), 'utf8'))
    index.manifests[0].size += 1
    writeFileSync(at('lie/index.json'), JSON.stringify(index))
    await runChecked('tar', ['-cf', at('evil.tar'), '-C', at('lie'), '.'])
    const { status, code } = await loadImages(engine.helper.socket, at('evil.tar'))
    assert.deepEqual({ status, code }, { status: 400, code: 'blob-mismatch' })
  })

  const isThere = async (name: string): Promise<boolean> => (await engine.docker('image', 'inspect', name)).code === 0

  /** A tar made by hand in a folder of its own: first `names`, then a file under another name. */
  const tarOf = async (steps: readonly string[][], names: readonly string[], file: string): Promise<Buffer> => {
    await using place = makeTemporaryFolder('hostile')
    for (const [program = '', ...words] of steps) await runChecked(program, words, { cwd: place.path })
    writeFileSync(join(place.path, 'file'), 'changed')
    await runChecked('tar', ['-cf', 'x.tar', ...names], { cwd: place.path })
    await runChecked('tar', ['-rPf', 'x.tar', `--transform=s,^file$,${file},`, 'file'], { cwd: place.path })
    return readFileSync(join(place.path, 'x.tar'))
  }
  const renamedTar = (name: string): Promise<Buffer> => tarOf([['touch', 'plain']], ['plain'], name)

  describe('files of containers', () => {
    /** One that runs, one that has ended, one that was never started; each with a volume, a bind mount and a link. */
    const script =
      'mkdir -p /data/in; echo text > /data/file; ln -s /data /link; ln -s /data/file /data/in/up; echo kept > /vol/kept; exec sleep 1000'
    const start = async () => {
      mkdirSync(at('bound'), { recursive: true })
      writeFileSync(at('bound/file'), 'of the host')
      const words = ['--network', 'none', '-v', '/vol', '-v', `${at('bound')}:/bound:ro`, 'tiny', 'sh', '-c', script]
      await ok('run', '-d', '--name', 'running', ...words)
      await ok('run', '-d', '--name', 'ended', ...words)
      for (const name of ['running', 'ended']) {
        await eventually(`${name} has written`, async () => (await engine.docker('exec', name, 'cat', '/vol/kept')).stdout === 'kept\n')
      }
      await ok('stop', '-t', '0', 'ended')
      await ok('create', '--name', 'fresh', ...words)
    }

    test('are read, running or not, with what is mounted and through links', async () => {
      await start()
      for (const name of ['running', 'ended']) {
        assert.deepEqual(await taken(name, '/link/'), { 'link/': '', 'link/file': 'text\n', 'link/in/': '', 'link/in/up': '' }, name)
        assert.deepEqual(await taken(name, '/link'), { link: '' }, name)
        assert.deepEqual(await taken(name, '/link/in/up/'.slice(0, -1)), { up: '' }, name)
        assert.deepEqual(await taken(name, '/vol/kept'), { kept: 'kept\n' }, name)
        assert.deepEqual(await taken(name, '/bound/file'), { file: 'of the host' }, name)
        assert.match((await taken(name, '/etc/hosts')).hosts ?? '', /localhost/, name)
        const { status, headers } = await engine.helper.request('HEAD', `/containers/${name}/archive?path=/link`)
        const stat = JSON.parse(Buffer.from(String(headers['x-docker-container-path-stat']), 'base64').toString())
        assert.deepEqual([status, stat.name, stat.linkTarget], [200, 'link', '/data'], name)
        assert.deepEqual(await refused('GET', `/containers/${name}/archive?path=/none`), { status: 404, code: 'path-missing' }, name)
      }
      assert.deepEqual(await taken('fresh', '/bound/file'), { file: 'of the host' })
      await ok('pause', 'running')
      assert.deepEqual(await taken('running', '/data/file'), { file: 'text\n' })
    })

    test('are written, and there after the start', async () => {
      await start()
      const archive = await layerOf({ 'new/file': 'written' })
      for (const name of ['running', 'ended', 'fresh']) {
        const container = engine.dockerode.getContainer(name)
        for (const path of ['/tmp', '/vol']) await container.putArchive(archive, { path })
        assert.deepEqual(await refused('GET', `/containers/${name}/archive?path=/none`), { status: 404, code: 'path-missing' })
        if (name === 'fresh') await ok('start', name)
        if (name === 'ended') await ok('start', name)
        assert.equal(await ok('exec', name, 'cat', '/tmp/new/file', '/vol/new/file'), 'writtenwritten', name)
        await assert.rejects(container.putArchive(archive, { path: '/bound' }), name)
        await assert.rejects(container.putArchive(archive, { path: '/none' }), { statusCode: 404 })
      }
      assert.equal(existsSync(at('bound/new')), false)
    })

    test('a root that is read-only stays so, a volume in it does not', async () => {
      const archive = await layerOf({ file: 'written' })
      for (const name of ['running', 'fresh']) {
        await ok(
          name === 'fresh' ? 'create' : 'run',
          ...(name === 'fresh' ? [] : ['-d']),
          '--name',
          name,
          '--read-only',
          '-v',
          '/vol',
          'tiny',
          'sleep',
          '1000',
        )
        const container = engine.dockerode.getContainer(name)
        await assert.rejects(container.putArchive(archive, { path: '/etc' }), name)
        await container.putArchive(archive, { path: '/vol' })
        assert.deepEqual(await taken(name, '/vol/file'), { file: 'written' })
      }
    })

    test('export is the whole root, without what is mounted', async () => {
      await start()
      const names = async (name: string) => {
        await ok('export', '-o', at('root.tar'), name)
        return (await runChecked('tar', ['-tf', at('root.tar')])).trim().split('\n').sort()
      }
      const [running, ended] = [await names('running'), await names('ended')]
      assert.deepEqual(running, ended)
      assert.ok(running.includes('data/in/up') && running.includes('bin/busybox'))
      for (const path of ['vol/kept', 'bound/file', 'proc/self']) assert.equal(running.includes(path), false)
      // Looking leaves no trace in the container.
      const before = await engine.dockerode.getContainer('fresh').changes()
      await names('fresh')
      await taken('fresh', '/etc')
      assert.deepEqual(await engine.dockerode.getContainer('fresh').changes(), before)
    })

    test('of one that is not there, nothing', async () => {
      for (const [method, path] of [
        ['GET', 'export'],
        ['GET', 'archive?path=/'],
        ['PUT', 'archive?path=/'],
      ] as const) {
        assert.deepEqual(await refused(method, `/containers/nobody/${path}`), { status: 404, code: 'no-such-container' }, path)
      }
    })
  })
})
