import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { findEngines, type LocalEngine } from './find-engines.ts'
import type { Surroundings } from './surroundings.ts'

interface Home {
  readonly path: string
  /** An engine that listens at a path below. */
  listen(path: string): Promise<string>
  /** Makes a context of Docker's, current when it says so. */
  dockerContext(name: string, host: string, current: 'current' | 'other'): void
  /** What is found in this folder; engines of the machine that runs the tests are left out. */
  find(env?: Record<string, string>): Promise<LocalEngine[]>
}

function home(context: TestContext): Home {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'pocker-engines-')))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return {
    path,
    listen: async (name) => {
      const socket = join(path, name)
      mkdirSync(dirname(socket), { recursive: true })
      const server = createServer((connection) => connection.on('error', () => undefined).end())
      await new Promise<void>((resolve) => server.listen(socket, resolve))
      context.after(() => void server.close())
      return socket
    },
    dockerContext: (name, host, current) => {
      const folder = join(path, '.docker/contexts/meta', createHash('sha256').update(name).digest('hex'))
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }))
      if (current === 'current') writeFileSync(join(path, '.docker/config.json'), JSON.stringify({ currentContext: name, auths: {} }))
    },
    find: async (env = {}) => {
      const surroundings: Surroundings = {
        platform: 'linux',
        uid: process.getuid?.() ?? 0,
        env: { XDG_RUNTIME_DIR: join(path, 'run'), ...env },
        isRemote: false,
        programFolders: [],
        sandbox: undefined,
        noNewPrivileges: false,
        runRoot: join(path, 'pocker'),
      }
      return (await findEngines(surroundings, path)).filter(({ socket }) => socket.startsWith(path))
    },
  }
}

const ids = (engines: readonly LocalEngine[]) => engines.map(({ id }) => id)

test('engines of the user’s are found where Docker and Podman put them', async (context) => {
  const here = home(context)
  for (const path of ['run/podman/podman.sock', 'run/docker.sock', '.docker/desktop/docker.sock', '.docker/run/docker.sock'])
    await here.listen(path)
  const engines = await here.find()
  assert.deepEqual(ids(engines), ['podman-user', 'docker-rootless', 'docker-desktop', 'docker-home'])
  assert.ok(engines.every(({ access }) => access.kind === 'ok'))
})

test('one engine that is reached by several paths is one', async (context) => {
  const here = home(context)
  const socket = await here.listen('run/podman/podman.sock')
  symlinkSync(socket, join(here.path, 'run/docker.sock'))
  here.dockerContext('mine', `unix://${here.path}/run/docker.sock`, 'current')
  assert.deepEqual(ids(await here.find()), ['podman-user'])
  assert.deepEqual(ids(await here.find({ DOCKER_HOST: `unix://${socket}` })), ['podman-user'])
})

test('DOCKER_HOST and the current context name others', async (context) => {
  const here = home(context)
  const [named, current] = [await here.listen('named.sock'), await here.listen('current.sock')]
  here.dockerContext('c\u202elima', `unix://${current}`, 'current')
  here.dockerContext('other', 'unix:///other.sock', 'other')
  const [engine] = await here.find()
  assert.deepEqual([engine?.id, engine?.label, engine?.socket], ['docker-context', 'Docker (c\ufffdlima)', current])
  assert.deepEqual(ids(await here.find({ DOCKER_HOST: `unix://${named}` })), ['docker-host'])
  assert.deepEqual(ids(await here.find({ DOCKER_CONTEXT: 'none' })), [])
})

test('what is not a unix socket, or nobody listens on, is none', async (context) => {
  const here = home(context)
  here.dockerContext('remote', 'ssh://box', 'current')
  mkdirSync(join(here.path, 'run'))
  writeFileSync(join(here.path, 'run/docker.sock'), '')
  mkdirSync(join(here.path, '.docker/desktop'), { recursive: true })
  symlinkSync('docker.sock', join(here.path, '.docker/desktop/docker.sock'))
  assert.deepEqual(await here.find(), [])
  for (const DOCKER_HOST of ['tcp://127.0.0.1:1', 'unix://relative', 'unix://', 'unix:///nowhere'])
    assert.deepEqual(await here.find({ DOCKER_HOST }), [])
})

test('Pocker’s own socket is no engine of others', async (context) => {
  const here = home(context)
  const own = await here.listen('pocker/4711/pocker.sock')
  assert.deepEqual(await here.find({ DOCKER_HOST: `unix://${own}` }), [])
})

for (const text of ['', '{', '[]', '{"currentContext":7}', '{"currentContext":"../../../etc"}']) {
  test(`a configuration of Docker’s that is none changes nothing: ${text}`, async (context) => {
    const here = home(context)
    mkdirSync(join(here.path, '.docker'))
    writeFileSync(join(here.path, '.docker/config.json'), text)
    assert.deepEqual(await here.find(), [])
  })
}
