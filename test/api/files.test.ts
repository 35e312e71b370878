/** Files of containers over the helper's own endpoints, whatever becomes of the container meanwhile. */
import assert from 'node:assert/strict'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { makeCanary } from '../support/canary.ts'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { type FileClient, fileClient } from '../support/file-client.ts'
import { leftovers } from '../support/file-serving.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { buildProbe } from '../support/rootfs.ts'
import { mountsOf, serving } from '../support/serving.ts'

/** Whether one of the processes has a file open that has no name. */
function hasUnnamed(pids: readonly number[]): boolean {
  return pids.some((pid) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).endsWith('(deleted)'))
    } catch {
      return false // ended, or let go, meanwhile
    }
  })
}

describe('files', { skip: whyNoEngine() }, () => {
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
      await engine.dockerode.getContainer(Id).remove({ force: true, v: true })
    // With the containers go the processes that served their files.
    assert.deepEqual(served(''), [])
    assert.equal(engine.helper.stderr(), '')
  })

  const at = (name: string): string => join(folder.path, name)
  const filesOf = (container: string): FileClient => fileClient(engine.helper.socket, `/pocker/containers/${container}`)
  const imageOf = (image: string): FileClient => fileClient(engine.helper.socket, `/pocker/images/${image}`)
  const ok = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await engine.docker(...words)
    assert.equal(code, 0, `docker ${words.join(' ')}: ${stderr}`)
    return stdout.trimEnd()
  }
  const create = async (name: string, ...words: string[]): Promise<string> => await ok('create', '--name', name, ...words)
  const sleeper = ['tiny', 'probe', 'sleep-forever']
  const upperOf = (id: string): string => join(engine.helper.dataRoot, 'containers', id, 'upper')
  /** The processes that serve its files. */
  const served = (id: string): readonly number[] => serving(`container ${id}`)

  describe('of a running container', () => {
    test('are what its processes see, with what is mounted, and the other way round', async () => {
      mkdirSync(at('volume'))
      writeFileSync(at('volume/of-the-host'), 'x')
      await ok('run', '-d', '--name', 'web', '-v', `${at('volume')}:/volume`, '--tmpfs', '/scratch', '-u', '1000', ...sleeper)
      const files = filesOf('web')
      await ok('exec', 'web', 'sh', '-c', 'echo inside > /scratch/file; mkfifo /scratch/pipe')
      assert.equal(await files.read('/scratch/file'), 'inside\n')
      assert.deepEqual(await files.names('/volume'), ['of-the-host'])
      assert.ok((await files.names('/proc')).includes('1'))
      assert.match(await files.read('/proc/1/status'), /^Name:\tprobe/)
      assert.match(await files.read('/etc/hosts'), /localhost/)
      // The user of the container can go on with what is put into its folder, and with nothing else.
      await ok('exec', '-u', '0', 'web', 'sh', '-c', 'mkdir /app; chown 1000:1000 /app')
      await files.write('/app/file', 'from outside')
      await files.write('/root/file', 'of root')
      assert.equal(
        await ok('exec', 'web', 'sh', '-c', 'cat /app/file; echo more >> /app/file; stat -c %u:%a /app/file'),
        'from outside1000:644',
      )
      assert.equal(await files.read('/app/file'), 'from outsidemore\n')
      assert.equal(await ok('exec', 'web', 'stat', '-c', '%u', '/root/file'), '0')
      assert.deepEqual(await files.names('/scratch'), ['file', 'pipe'])
      assert.equal((await files.stat('/dev/null')).kind, 'other')
      for (const path of ['/dev/null', '/dev/zero', '/scratch/pipe'])
        assert.equal(await files.code('GET', '/content', { path }), 'not-a-file', path)
    })

    test('magic links of /proc, absolute ones and `..` lead to nothing of the host', async () => {
      await using canary = makeCanary()
      // Without capabilities its processes may be looked into by one that has any: what they lead to is refused all the same.
      await ok('run', '-d', '--name', 'web', '--cap-drop', 'ALL', ...sleeper)
      const links = `ln -s ${canary.path} out; ln -s /proc/1/root/etc magic; ln -s /proc/self/root self; ln -s ../../../../etc up`
      await ok('exec', 'web', 'sh', '-c', `cd /tmp && ${links}`)
      const files = filesOf('web')
      const own = await ok('exec', 'web', 'cat', '/etc/passwd')
      assert.equal((await files.read('/tmp/up/passwd')).trimEnd(), own)
      for (const [path, code] of [
        ['/tmp/out/secret', 'no-such-file'],
        [`${canary.path}/secret`, 'no-such-file'],
        ['/tmp/self/etc/passwd', 'no-such-file'],
        ['/tmp/magic/passwd', 'too-many-links'],
        ['/proc/1/root/etc/passwd', 'too-many-links'],
        ['/proc/1/cwd/etc/passwd', 'too-many-links'],
      ] as const) {
        assert.equal(await files.code('GET', '/content', { path }), code, path)
        assert.equal(await files.code('PUT', '/content', { path, create: true, overwrite: true }, 'hostile'), code, path)
      }
      canary.assertUnchanged()
    })

    test('follow what is mounted there later, and let go of what is unmounted', async () => {
      await ok('run', '-d', '--name', 'web', '--privileged', ...sleeper)
      const files = filesOf('web')
      const watch = await files.watch('/mnt', {}).catch(async () => {
        await ok('exec', 'web', 'mkdir', '-p', '/mnt')
        return await files.watch('/mnt')
      })
      assert.deepEqual(await files.names('/mnt'), [])
      await ok('exec', 'web', 'sh', '-c', 'mount -t tmpfs none /mnt && touch /mnt/in-tmpfs')
      assert.deepEqual(await files.names('/mnt'), ['in-tmpfs'])
      await watch.until('overflow', '/mnt')
      await ok('exec', 'web', 'touch', '/mnt/later')
      await watch.until('created', '/mnt/later')
      await ok('exec', 'web', 'umount', '/mnt')
      await files.stat('/mnt')
      assert.deepEqual(await files.names('/mnt'), [])
      const id = await ok('inspect', '-f', '{{.Id}}', 'web')
      watch.stop()
      await eventually('nobody holds the tmpfs', () => !served(id).some((pid) => / \/mnt /.test(mountsOf(pid))))
    })

    test('of a read-only container can be written where something is mounted', async () => {
      await ok('run', '-d', '--name', 'web', '--read-only', '-v', 'data:/data', ...sleeper)
      const files = filesOf('web')
      for (let round = 0; round < 2; round++) {
        assert.deepEqual([(await files.stat('/bin')).isReadOnly, (await files.stat('/data')).isReadOnly], [true, false])
        assert.equal(await files.code('PUT', '/content', { path: '/etc/passwd' }, 'x'), 'read-only-files')
        await files.write('/data/file', 'x')
        await ok('stop', '-t', '0', 'web')
      }
    })

    test('are let go when it ends, and are its stopped ones then', async () => {
      const id = await ok('run', '-d', '--name', 'web', ...sleeper)
      const files = filesOf('web')
      await files.write('/file', 'x')
      const watch = await files.watch('/')
      const [serving = 0, ...others] = served(id)
      assert.deepEqual(others, [])
      await ok('kill', 'web')
      await eventually('it is let go', () => !served(id).includes(serving))
      assert.equal(await files.read('/file'), 'x')
      await watch.until('overflow', '/')
      watch.stop()
    })

    test('can be read and saved while it is paused', async () => {
      await ok('run', '-d', '--name', 'web', ...sleeper)
      await ok('pause', 'web')
      await filesOf('web').write('/file', 'x')
      assert.equal(await filesOf('web').read('/file'), 'x')
      await ok('unpause', 'web')
      assert.equal(await ok('exec', 'web', 'cat', '/file'), 'x')
    })
  })

  describe('of a container that does not run', () => {
    test('are written over its own folder, which nobody else has mounted when it starts', async () => {
      const id = await create('web', 'tiny', 'sh', '-c', 'cat /etc/motd; echo more >> /etc/motd; probe sleep-forever')
      const files = filesOf('web')
      const watch = await files.watch('/etc')
      const [looking] = served(id)
      await files.write('/etc/motd', 'saved')
      await eventually('the watch goes on with the one that writes', () => served(id).length === 1 && !served(id).includes(looking ?? 0))
      const [writing = 0] = served(id)
      const reading = files.begin('GET', '/content', { path: '/bin/busybox' })
      reading.on('error', () => undefined).end()
      await ok('start', 'web')
      assert.ok(!served(id).includes(writing))
      await eventually('it has said so', async () => (await ok('logs', 'web')).startsWith('saved'))
      await eventually('it has written', async () => (await files.read('/etc/motd')) === 'savedmore\n')
      let made = 0
      await eventually('the watch tells of the running container', async () => {
        await files.write(`/etc/new-${made++}`, 'x')
        return watch.changes.some(({ kind, path }) => kind === 'created' && path.startsWith('/etc/new-'))
      })
      assert.ok(watch.changes.some(({ kind }) => kind === 'overflow'))
      watch.stop()
      await ok('stop', '-t', '0', 'web')
      assert.equal(await files.read('/etc/motd'), 'savedmore\n')
      assert.ok((await ok('diff', 'web')).includes('A /etc/motd'))
    })

    test('are looked at without a trace', async () => {
      await create('web', '-v', `${at('other')}:/deep/er/volume`, 'tiny', 'true')
      const files = filesOf('web')
      await files.names('/')
      assert.deepEqual(await files.names('/deep/er/volume'), [])
      assert.equal(await ok('diff', 'web'), '')
      assert.equal((await files.stat('/bin')).isReadOnly, false)
    })

    test('a hundred starts and writes in each other’s way leave both right', async () => {
      const id = await create('web', 'tiny', 'sh', '-c', 'echo run >> /runs')
      const files = filesOf('web')
      let isOver = false
      let written = 0
      const codes = new Set<string>()
      const writing = (async () => {
        while (!isOver) {
          const code = await files.code('PUT', '/content', { path: `/file-${written}`, create: true, overwrite: true }, String(written))
          codes.add(code)
          if (code === 'none') written++
        }
      })()
      for (let run = 0; run < 30; run++) {
        await ok('start', '-a', 'web')
      }
      isOver = true
      await writing
      assert.deepEqual(
        [...codes].filter((code) => code !== 'none' && code !== 'files-interrupted'),
        [],
      )
      assert.equal(await files.read('/runs'), 'run\n'.repeat(30))
      for (let index = 0; index < written; index++) assert.equal(await files.read(`/file-${index}`), String(index))
      assert.deepEqual(leftovers(upperOf(id)), [])
    })

    test('are in the image that is made of it', async () => {
      const id = await create('web', 'tiny', 'true')
      await filesOf('web').write('/file', 'x')
      assert.equal(served(id).length, 1)
      await ok('commit', 'web', 'made')
      assert.deepEqual(served(id), [])
      assert.equal(await ok('run', '--rm', 'made', 'cat', '/file'), 'x')
      assert.equal(await imageOf('made').read('/file'), 'x')
      await ok('rmi', '-f', 'made')
    })

    test('docker cp and the endpoints see each other’s files', async () => {
      await create('web', 'tiny', 'true')
      const files = filesOf('web')
      await files.write('/one', '1')
      writeFileSync(at('two'), '2')
      await ok('cp', at('two'), 'web:/two')
      assert.equal(await files.read('/two'), '2')
      await files.write('/three', '3')
      await ok('cp', 'web:/three', at('three'))
      assert.equal(readFileSync(at('three'), 'utf8'), '3')
      assert.deepEqual(
        (await files.names('/')).filter((name) => ['one', 'two', 'three'].includes(name)),
        ['one', 'three', 'two'],
      )
    })

    test('without any program in the image', async () => {
      const root = at('distroless')
      mkdirSync(join(root, 'app'), { recursive: true })
      copyFileSync(await buildProbe(), join(root, 'app/probe'))
      chmodSync(join(root, 'app/probe'), 0o755)
      writeFileSync(join(root, 'app/config'), 'x')
      assert.equal((await engine.pocker('import', root, 'distroless')).code, 0)
      for (const words of [
        ['create', '--name', 'web', 'distroless', '/none'],
        ['run', '-d', '--name', 'app', 'distroless', '/app/probe', 'sleep-forever'],
      ]) {
        await ok(...words)
        const files = filesOf(words.includes('web') ? 'web' : 'app')
        await files.write('/app/config', 'changed')
        assert.deepEqual(await files.names('/app'), ['config', 'probe'])
        assert.equal(await files.read('/app/config'), 'changed')
      }
    })
  })

  test('a container can be removed whatever is open of its files, and a watch of them ends', async () => {
    for (const running of [true, false]) {
      const id = await ok(...(running ? ['run', '-d'] : ['create']), '--name', 'web', '-v', 'kept:/volume', ...sleeper)
      const files = filesOf('web')
      await files.write('/large', Buffer.alloc(4 << 20))
      const watch = await files.watch('/', { recursive: true })
      const reading = files.begin('GET', '/content', { path: '/large' })
      const answered = new Promise<void>((resolve) => void reading.once('response', () => resolve()))
      reading.on('error', () => undefined).end()
      const writing = files.begin('PUT', '/content', { path: '/never', create: true })
      writing.on('error', () => undefined).write('half of it')
      await answered
      await ok('rm', '-f', 'web')
      await watch.ended
      assert.deepEqual(served(id), [])
      assert.equal(await files.code('GET', '/stat', { path: '/' }), 'no-such-container')
      for (const request of [reading, writing]) request.destroy()
      await ok('create', '--name', 'other', '-v', 'kept:/volume', ...sleeper)
      await ok('rm', '-v', 'other')
    }
  })

  test('a client that goes away in the middle leaves the old file', async () => {
    const id = await ok('run', '-d', '--name', 'web', ...sleeper)
    const files = filesOf('web')
    await files.write('/file', 'old')
    for (const path of ['/file', '/new']) {
      const writing = files.begin('PUT', '/content', { path, create: true, overwrite: true })
      writing.on('error', () => undefined)
      for (let piece = 0; piece < 20; piece++) writing.write(Buffer.alloc(64 << 10))
      await eventually('it is being written', () => hasUnnamed(served(id)))
      writing.destroy()
      await eventually('it is let go', () => !hasUnnamed(served(id)))
    }
    assert.equal(await files.read('/file'), 'old')
    assert.equal(await files.code('GET', '/stat', { path: '/new' }), 'no-such-file')
    assert.deepEqual(leftovers(upperOf(id)), [])
  })

  test('odd names go through the URL and come back', async () => {
    await ok('run', '-d', '--name', 'web', ...sleeper)
    await ok('exec', 'web', 'sh', '-c', `mkdir /odd; cd /odd; touch "$(printf 'latin-\\374')" "$(printf 'new\\nline')" '100%&?#+ü'`)
    const files = filesOf('web')
    const names = await files.names('/odd')
    assert.deepEqual(names, ['100%&?#+ü', 'latin-\ueffc', 'new\nline'])
    for (const name of names) {
      await files.write(`/odd/${name}`, name)
      assert.equal(await files.read(`/odd/${name}`), name)
      await files.remove(`/odd/${name}`)
    }
    assert.equal(await ok('exec', 'web', 'ls', '/odd'), '')
  })

  test('errors have codes and numbers that stay', async () => {
    await create('web', 'tiny', 'true')
    const files = filesOf('web')
    await files.write('/file', 'x')
    const cases: readonly (readonly [number, string, string, string, Record<string, string | number | boolean>])[] = [
      [404, 'no-such-file', 'GET', '/stat', { path: '/nowhere' }],
      [404, 'no-such-file', 'DELETE', '', { path: '/nowhere' }],
      [409, 'file-exists', 'PUT', '/content', { path: '/file', create: true }],
      [404, 'no-such-file', 'PUT', '/content', { path: '/none' }],
      [400, 'is-a-folder', 'GET', '/content', { path: '/etc' }],
      [400, 'is-a-folder', 'PUT', '/content', { path: '/etc', create: true, overwrite: true }],
      [400, 'not-a-folder', 'GET', '/list', { path: '/file' }],
      [409, 'folder-not-empty', 'DELETE', '', { path: '/etc' }],
      [409, 'path-busy', 'DELETE', '', { path: '/', recursive: true }],
      [400, 'path-unusable', 'GET', '/stat', { path: 'etc' }],
      [400, 'name-too-long', 'GET', '/stat', { path: `/${'x'.repeat(300)}` }],
      [400, 'folder-into-itself', 'POST', '/copy', { from: '/etc', to: '/etc/etc' }],
    ]
    for (const [status, code, method, path, query] of cases) {
      const reply = await files.ask(method, path, query, method === 'PUT' ? 'x' : undefined)
      assert.deepEqual([reply.status, JSON.parse(reply.body.toString()).code], [status, code], `${method} ${path} ${query.path}`)
    }
    assert.equal(await filesOf('nobody').code('GET', '/stat', { path: '/' }), 'no-such-container')
    const { headers, status } = await files.ask('GET', '/content', { path: '/file' })
    assert.deepEqual([status, headers['x-pocker-file-size'], headers['content-type']], [200, '1', 'application/octet-stream'])
  })

  test('with the helper go the processes that serve files', async () => {
    const id = await create('web', 'tiny', 'true')
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await filesOf('web').write('/file', signal)
      assert.equal(served(id).length, 1)
      await engine.helper.restart(signal)
      await eventually('it is gone', () => served(id).length === 0)
      assert.equal(await filesOf('web').read('/file'), signal)
    }
    assert.ok(existsSync(upperOf(id)))
  })
})
