/** What cannot be done is refused with Docker's status and a code, and leaves nothing behind. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { startHelper } from '../support/helper.ts'
import { run, runChecked } from '../support/run.ts'
import { findTraces } from '../support/traces.ts'

const Refusal = z.object({ message: z.string().min(1), code: z.string().regex(/^[a-z0-9-]+$/) })

interface Bad {
  readonly name: string
  readonly body: Readonly<Record<string, unknown>>
  readonly status: number
  readonly code: string
  readonly containerName?: string
  /** After the failed start; `created` when left out. Below init something did run. */
  readonly state?: string
}

const host = (HostConfig: object) => ({ HostConfig })

/** Refused when the container is made. */
const refused: readonly Bad[] = [
  { name: 'an unknown image', body: { Image: 'nobody/nothing:1' }, status: 404, code: 'no-such-image' },
  { name: 'a name for an image that is none', body: { Image: 'UPPER:!' }, status: 400, code: 'bad-reference' },
  { name: 'a container name with a slash', containerName: 'a/b', body: {}, status: 400, code: 'bad-container-name' },
  { name: 'a name that is taken', containerName: 'taken', body: {}, status: 409, code: 'name-in-use' },
  { name: 'a signal that is none', body: { StopSignal: 'SIGNOPE' }, status: 400, code: 'bad-signal' },
  { name: 'a relative working folder', body: { WorkingDir: 'here' }, status: 400, code: 'bad-working-dir' },
  { name: 'a descriptor of ours as working folder', body: { WorkingDir: '/proc/self/fd/7' }, status: 400, code: 'bad-working-dir' },
  {
    name: 'a descriptor of ours and up from it',
    body: { WorkingDir: '/proc/self/fd/7/../../..' },
    status: 400,
    code: 'bad-working-dir',
  },
  {
    name: 'a bind source that is not there, by --mount',
    body: host({ Mounts: [{ Type: 'bind', Source: '/not/there', Target: '/x' }] }),
    status: 400,
    code: 'bind-source-missing',
  },
  { name: 'a bind to a relative path', body: host({ Binds: ['/tmp:x'] }), status: 400, code: 'bad-mount-path' },
  { name: 'a mount on the root', body: host({ Binds: ['/tmp:/'] }), status: 400, code: 'bad-mount-path' },
  { name: 'two mounts on one path', body: host({ Binds: ['/tmp:/x', '/var:/x'] }), status: 400, code: 'duplicate-mount-point' },
  { name: 'a memory limit below the least', body: host({ Memory: 1024 }), status: 400, code: 'memory-limit-too-small' },
  { name: 'swap below memory', body: host({ Memory: 64 << 20, MemorySwap: 32 << 20 }), status: 400, code: 'memory-swap-too-small' },
  { name: 'more cpus than there are', body: host({ NanoCpus: 1e15 }), status: 400, code: 'cpus-too-many' },
  { name: 'cpus and a quota', body: host({ NanoCpus: 1e9, CpuQuota: 10_000 }), status: 400, code: 'cpu-limits-conflict' },
  { name: 'a processor that is not there', body: host({ CpusetCpus: '4000' }), status: 400, code: 'cpuset-unavailable' },
  { name: 'an ulimit that is none', body: host({ Ulimits: [{ Name: 'wishes', Soft: 1, Hard: 1 }] }), status: 400, code: 'unknown-ulimit' },
  {
    name: 'a soft limit above the hard one',
    body: host({ Ulimits: [{ Name: 'nofile', Soft: 9, Hard: 1 }] }),
    status: 400,
    code: 'bad-ulimit',
  },
  { name: 'a capability that is none', body: host({ CapAdd: ['FLY'] }), status: 400, code: 'unknown-capability' },
  { name: 'a security option that is none', body: host({ SecurityOpt: ['magic=on'] }), status: 400, code: 'unknown-security-option' },
  { name: 'a seccomp profile that is no JSON', body: host({ SecurityOpt: ['seccomp={'] }), status: 400, code: 'bad-seccomp-profile' },
  { name: 'a sysctl of the host’s', body: host({ Sysctls: { 'kernel.panic': '1' } }), status: 400, code: 'sysctl-not-allowed' },
  {
    name: 'a network sysctl on the host’s network',
    body: host({ NetworkMode: 'host', Sysctls: { 'net.ipv4.ip_forward': '1' } }),
    status: 400,
    code: 'sysctl-not-allowed',
  },
  { name: 'an unknown network', body: host({ NetworkMode: 'no-such-net' }), status: 400, code: 'no-such-network' },
  {
    name: 'a port, of a helper without a default network',
    body: host({ PortBindings: { '80/tcp': [{ HostPort: '8080' }] } }),
    status: 501,
    code: 'ports-not-available',
  },
  { name: 'the network of nobody', body: host({ NetworkMode: 'container:nobody' }), status: 404, code: 'no-such-container' },
  { name: 'the processes of nobody', body: host({ PidMode: 'container:nobody' }), status: 404, code: 'no-such-container' },
  { name: 'a restart policy that is none', body: host({ RestartPolicy: { Name: 'sometimes' } }), status: 400, code: 'invalid-request' },
  {
    name: 'removal at the end and a restart',
    body: host({ AutoRemove: true, RestartPolicy: { Name: 'always' } }),
    status: 400,
    code: 'auto-remove-conflict',
  },
  {
    name: 'a hostname on the host’s',
    body: { Hostname: 'x', HostConfig: { UTSMode: 'host' } },
    status: 400,
    code: 'conflicting-network-options',
  },
  {
    name: 'a log option that is none',
    body: host({ LogConfig: { Type: 'json-file', Config: { 'max-size': 'plenty' } } }),
    status: 400,
    code: 'bad-log-option',
  },
  { name: 'a group path that leads out', body: host({ CgroupParent: '/../x' }), status: 400, code: 'cgroup-path-invalid' },
  { name: 'a number where text belongs', body: { Env: [1] }, status: 400, code: 'invalid-request' },
]

/** Made, but not started; Docker keeps such a container as `created`. */
const failing: readonly Bad[] = [
  { name: 'a command that is not there', body: { Cmd: ['nope'] }, status: 400, code: 'command-not-found' },
  { name: 'a command that may not be executed', body: { Cmd: ['/etc/passwd'] }, status: 400, code: 'command-not-executable' },
  {
    name: 'a command that is not there, below init',
    body: { Cmd: ['nope'], HostConfig: { Init: true } },
    status: 400,
    code: 'command-not-found',
    state: 'exited',
  },
  { name: 'a folder as command', body: { Cmd: ['/etc'] }, status: 400, code: 'command-not-executable' },
  { name: 'a user that is not there', body: { User: 'nobody-here' }, status: 400, code: 'no-such-user' },
  { name: 'a group that is not there', body: { User: 'root:nope' }, status: 400, code: 'no-such-group' },
  { name: 'a file as working folder', body: { WorkingDir: '/etc/passwd' }, status: 400, code: 'bad-working-folder' },
  {
    name: 'a device that is not there',
    body: host({ Devices: [{ PathOnHost: '/dev/nope', PathInContainer: '/dev/nope', CgroupPermissions: 'rwm' }] }),
    status: 400,
    code: 'no-such-device',
  },
  { name: 'a file where a folder is, by a bind', body: host({ Binds: ['/etc/passwd:/etc'] }), status: 400, code: 'bad-mount-path' },
  {
    name: 'a limit of processes too small for init',
    body: host({ Init: true, PidsLimit: 1 }),
    status: 400,
    code: 'process-limit-too-small',
    state: 'exited',
  },
  {
    name: 'the network of one that does not run',
    body: host({ NetworkMode: 'container:taken' }),
    status: 409,
    code: 'shared-container-not-running',
  },
  {
    name: 'the processes of one that does not run',
    body: host({ PidMode: 'container:taken' }),
    status: 409,
    code: 'shared-container-not-running',
  },
  { name: 'a bind of a folder on a file', body: host({ Binds: ['/tmp:/etc/passwd'] }), status: 400, code: 'bad-mount-path' },
]

describe('bad input', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  let folder: TemporaryFolder
  before(async () => {
    engine = await startEngine()
    folder = makeTemporaryFolder('bad-input')
    await engine.dockerode.createContainer({ Image: 'tiny', Cmd: ['true'], name: 'taken' })
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
    await folder?.[Symbol.asyncDispose]()
  })

  const post = async (path: string, body?: unknown) => {
    const answer = await engine.helper.request('POST', `/v1.47${path}`, body)
    return { status: answer.status, body: answer.body }
  }
  /** What there is of containers: rows, folders, processes, groups. */
  const inventory = async (ids: readonly string[] = []) => ({
    rows: (await engine.dockerode.listContainers({ all: true })).length,
    folders: readdirSync(join(engine.helper.dataRoot, 'containers')).length,
    volumes: readdirSync(join(engine.helper.dataRoot, 'volumes')).length,
    traces: findTraces(join(engine.helper.dataRoot, '..'), { ids, except: engine.helper.pid() }),
  })

  for (const bad of refused) {
    test(`${bad.name} is refused`, async () => {
      const before = await inventory()
      const query = bad.containerName === undefined ? '' : `?name=${encodeURIComponent(bad.containerName)}`
      const { status, body } = await post(`/containers/create${query}`, { Image: 'tiny', Cmd: ['true'], ...bad.body })
      const { code, message } = Refusal.parse(body)
      assert.deepEqual({ status, code }, { status: bad.status, code: bad.code }, message)
      assert.deepEqual(await inventory(), before)
    })
  }

  for (const bad of failing) {
    test(`${bad.name} keeps it from starting`, async () => {
      const before = await inventory()
      const { body: made } = await post('/containers/create', { Image: 'tiny', Cmd: ['true'], ...bad.body })
      const { Id } = z.object({ Id: z.string() }).parse(made)
      const { status, body } = await post(`/containers/${Id}/start`)
      const { code, message } = Refusal.parse(body)
      assert.deepEqual({ status, code }, { status: bad.status, code: bad.code }, message)
      const { State } = await engine.dockerode.getContainer(Id).inspect()
      assert.partialDeepStrictEqual(State, { Status: bad.state ?? 'created', Running: false, Pid: 0 })
      assert.ok(State.ExitCode >= 126 && State.ExitCode <= 128)
      await engine.dockerode.getContainer(Id).remove()
      assert.deepEqual(await inventory([Id]), before)
    })
  }

  test('a failed docker run --rm leaves no container', async () => {
    const before = await inventory()
    assert.equal((await engine.docker('run', '--rm', 'tiny', 'nope')).code, 127)
    assert.equal((await engine.docker('run', '--rm', '-w', '/etc/passwd', 'tiny', 'true')).code, 125)
    assert.deepEqual(await inventory(), before)
  })

  test('an image that is full of traps is a sentence, and the host stays as it is', async () => {
    const root = join(folder.path, 'hostile')
    mkdirSync(root)
    await runChecked('cp', ['-a', `${engine.rootfs}/.`, root])
    for (const name of ['proc', 'sys', 'dev']) await runChecked('rm', ['-r', join(root, name)])
    const sentinel = join(folder.path, 'sentinel')
    mkdirSync(sentinel)
    for (const name of ['proc', 'sys', 'dev']) await runChecked('ln', ['-s', sentinel, join(root, name)])
    const { code } = await engine.pocker('run', '--rm', '--rootfs', root, 'true')
    assert.equal(code, 125)
    assert.deepEqual(readdirSync(sentinel), [])
  })

  test('malformed JSON and mutated requests are 4xx, and the helper goes on', async () => {
    const valid = JSON.stringify({
      Image: 'tiny',
      Cmd: ['true'],
      Env: ['A=b'],
      HostConfig: { Binds: ['/tmp:/x'], Memory: 64 << 20, RestartPolicy: { Name: 'no' }, Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }] },
    })
    const random = mulberry(20_260)
    const made: string[] = []
    for (let round = 0; round < 400; round++) {
      const { status, body } = await raw(mutate(valid, random))
      assert.ok(status === 201 || (status >= 400 && status < 500), `${status} ${JSON.stringify(body)}`)
      if (status === 201) made.push(z.object({ Id: z.string() }).parse(body).Id)
    }
    assert.equal((await raw('{')).status, 400)
    assert.equal((await raw('[]')).status, 400)
    assert.equal((await raw('null')).status, 400)
    assert.equal((await raw(`{"Image":${'['.repeat(100_000)}`)).status, 400)
    assert.equal((await raw('')).status, 400)
    for (const id of made) await engine.dockerode.getContainer(id).remove()
    assert.equal((await engine.helper.request('GET', '/_ping')).status, 200)
  })

  const raw = async (text: string) => {
    const response = await run(
      'curl',
      [
        '-s',
        '-w',
        '\n%{http_code}',
        '--unix-socket',
        engine.helper.socket,
        '-H',
        'content-type: application/json',
        '--data-binary',
        '@-',
        'http://x/v1.47/containers/create',
      ],
      { input: text },
    )
    const at = response.stdout.lastIndexOf('\n')
    return { status: Number(response.stdout.slice(at + 1)), body: parse(response.stdout.slice(0, at)) }
  }
})

describe('a full disk', { skip: whyNoEngine() }, () => {
  test('under the data root is a 5xx sentence, and the helper goes on when there is room', async () => {
    await using folder = makeTemporaryFolder('full-disk')
    const data = join(folder.path, 'data')
    mkdirSync(data)
    await runChecked('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=700', 'pocker-test-full', data])
    try {
      await using helper = await startHelper({ args: ['--data-root', data] })
      writeFileSync(join(data, 'filler'), '')
      await run('dd', ['if=/dev/zero', `of=${join(data, 'filler')}`, 'bs=1k'])
      const full = await helper.request('POST', '/v1.47/containers/create', { Image: 'host', Cmd: ['true'] })
      assert.equal(full.status, 503, JSON.stringify(full.body))
      assert.equal(Refusal.parse(full.body).code, 'no-space')
      assert.deepEqual(readdirSync(join(data, 'containers')), [])
      await runChecked('rm', [join(data, 'filler')])
      assert.equal((await helper.request('GET', '/_ping')).status, 200)
      assert.equal((await helper.request('POST', '/v1.47/containers/create', { Image: 'host', Cmd: ['true'] })).status, 201)
    } finally {
      await runChecked('umount', [data])
    }
  })
})

function parse(text: string): unknown {
  return text.startsWith('{') ? JSON.parse(text) : text
}

/** Numbers from 0 to 1, the same in every run. */
function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The text with one thing in it replaced, left out or doubled. */
function mutate(text: string, random: () => number): string {
  const pieces = [
    'null',
    '-1',
    '1e999',
    '{}',
    '[]',
    '""',
    '"\\u0000"',
    'true',
    '{"__proto__":1}',
    '"../../.."',
    '9007199254740993',
    '\u00e9',
    ',',
    '"',
  ]
  const from = Math.floor(random() * text.length)
  const to = Math.min(text.length, from + Math.floor(random() * 12))
  const values = [...text.matchAll(/"[^"]*"|\d+|\[[^\]]*\]/g)]
  const value = values[Math.floor(random() * values.length)]
  const piece = pieces[Math.floor(random() * pieces.length)] ?? ''
  if (random() < 0.5 && value !== undefined) return text.slice(0, value.index) + piece + text.slice(value.index + value[0].length)
  return text.slice(0, from) + (random() < 0.5 ? piece : '') + text.slice(to)
}
