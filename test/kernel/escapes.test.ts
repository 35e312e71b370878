/** What hostile images and containers try in order to get out, one test for each kind that once worked against some runtime. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Canary, makeCanary } from '../support/canary.ts'
import { startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { startHelper } from '../support/helper.ts'
import { buildProbe } from '../support/rootfs.ts'

const skip = whyNoEngine()
const nodeProgram = join(import.meta.dirname, `../../dist/helper/linux-${process.arch}/node`)
const GROUPS = [4, 27, 999]
let engine: TestEngine
const ownGroups = process.getgroups?.() ?? []

before(async () => {
  if (skip !== false) return
  // E3 and E17: a helper that inherits descriptors of the host's root and groups of whoever started it.
  process.setgroups?.(GROUPS)
  engine = await startEngine({ inherited: [5, 10, 40, 63, 200] })
})
after(async () => {
  if (skip !== false) return
  process.setgroups?.([...ownGroups])
  await engine[Symbol.asyncDispose]()
})

/** Makes and starts a container; the status and code of the first answer that is an error, or of the start. */
async function tryStart(request: object): Promise<{ status: number; code: unknown; id: string }> {
  const made = await engine.helper.request('POST', '/containers/create', { Image: 'tiny', Cmd: ['probe', 'sleep-forever'], ...request })
  const { Id: id = '', code: refused } = objectOf(made.body)
  if (made.status !== 201) return { status: made.status, code: refused, id: '' }
  const { status, body } = await engine.helper.request('POST', `/containers/${String(id)}/start`)
  return { status, code: objectOf(body).code, id: String(id) }
}

async function start(request: object = {}): Promise<string> {
  const { status, code, id } = await tryStart(request)
  assert.equal(status, 204, String(code))
  return id
}

async function remove(id: string): Promise<void> {
  if (id !== '') assert.equal((await engine.helper.request('DELETE', `/containers/${id}?force=1`)).status, 204)
}

/** Runs a command in a new container and gives what it says on both streams. */
async function say(...words: string[]): Promise<string> {
  const { stdout, stderr } = await engine.pocker('run', '--rm', ...words)
  return stdout + stderr
}

async function exec(id: string, ...words: string[]): Promise<string> {
  return (await engine.pocker('exec', id, ...words)).stdout
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

/** An image of the probe and what `fill` makes, under a name of its own. */
async function makeImage(name: string, fill: (root: string) => void): Promise<TemporaryFolder> {
  const folder = makeTemporaryFolder('hostile')
  chmodSync(folder.path, 0o755)
  mkdirSync(join(folder.path, 'bin'))
  copyFileSync(await buildProbe(), join(folder.path, 'bin/probe'))
  chmodSync(join(folder.path, 'bin/probe'), 0o755)
  fill(folder.path)
  const result = await engine.pocker('import', folder.path, name)
  assert.equal(result.code, 0, result.stderr)
  return folder
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

for (const [name, CapAdd] of [
  ['a default container', []],
  ['a container that may trace', ['SYS_PTRACE']],
] as const) {
  test(`E1: ${name} cannot write to the helper's executable while execs pass through it`, { skip }, async () => {
    const before = hashOf(nodeProgram)
    const id = await start({ Cmd: ['probe', 'grab-executables'], HostConfig: { CapAdd, SecurityOpt: [] } })
    for (let count = 0; count < 200; count++) {
      const made = await engine.helper.request('POST', `/containers/${id}/exec`, { Cmd: ['true'] })
      await engine.helper.request('POST', `/exec/${String(objectOf(made.body).Id)}/start`, { Detach: true })
    }
    const said = (await engine.pocker('logs', id)).stdout
    await remove(id)
    assert.match(said, /^ready/)
    // A running program cannot be written to, so the attack holds it open and waits: a mount that is read-only forbids it for good.
    assert.doesNotMatch(said, /writ/)
    // Without the right to trace it must not even be able to open it: the process is not dumpable until its own exec.
    if (CapAdd.length === 0) assert.doesNotMatch(said, /opened/)
    assert.equal(hashOf(nodeProgram), before)
  })
}

test('E2: a working folder that is a descriptor or another process’s root is refused, for run and exec', { skip }, async () => {
  // By a link in the image, since a request that names /proc/self/fd itself is refused before anything is made.
  await using _root = await makeImage('linked-fds', (path) => {
    for (const name of ['proc', 'sys', 'dev']) mkdirSync(join(path, name))
    for (const [name, target] of [
      ['fds', '/proc/self/fd'],
      ['other', '/proc/1/fd'],
      ['top', '/proc/1/root'],
    ] as const)
      symlinkSync(target, join(path, name))
  })
  const request = { Image: 'linked-fds', Cmd: ['/bin/probe', 'sleep-forever'] }
  const running = await start(request)
  const linked = ['/top', ...Array.from({ length: 18 }, (_, index) => [`/fds/${index + 3}`, `/other/${index + 3}`]).flat()]
  const named = ['/proc/self/fd/7', '/proc/self/../self/fd/8', '/proc/1/root', '/proc/thread-self/fd/9', '/proc/self/cwd']
  for (const WorkingDir of [...linked, ...named]) {
    const { status, code, id } = await tryStart({ ...request, WorkingDir })
    assert.deepEqual([WorkingDir, status], [WorkingDir, 400])
    assert.match(String(code), /^bad-working-/)
    await remove(id)
    const made = await engine.helper.request('POST', `/containers/${running}/exec`, { Cmd: ['/bin/probe', 'true'], WorkingDir })
    const answer =
      made.status === 201 ? await engine.helper.request('POST', `/exec/${String(objectOf(made.body).Id)}/start`, { Detach: true }) : made
    assert.deepEqual([WorkingDir, answer.status], [WorkingDir, 400])
    assert.match(String(objectOf(answer.body).code), /^bad-working-/)
  }
  await remove(running)
})

test('E2, E3: nothing that the helper holds or has inherited is open in a container', { skip }, async () => {
  const id = await start()
  const list = 'for process in 1 self; do ls /proc/$process/fd; done'
  // The shell's own `ls` has the folder open.
  assert.equal(await exec(id, 'sh', '-c', list), '0\n1\n2\n0\n1\n2\n3\n')
  assert.equal(await exec(id, 'sh', '-c', 'readlink /proc/self/fd/3 || echo none'), 'none\n')
  const withInit = await start({ HostConfig: { Init: true } })
  assert.equal(await exec(withInit, 'sh', '-c', list), '0\n1\n2\n0\n1\n2\n3\n')
  await remove(id)
  await remove(withInit)
})

for (const name of ['proc', 'sys', 'dev']) {
  for (const target of ['canary', '/', 'elsewhere']) {
    test(`E4, E5: an image whose /${name} is a link to ${target} does not start`, { skip }, async () => {
      await using canary = makeCanary()
      const image = `hostile-${name}-${target.replace('/', 'root')}`
      await using root = await makeImage(image, (path) => {
        mkdirSync(join(path, 'elsewhere'))
        symlinkSync(target === 'canary' ? canary.path : target, join(path, name))
      })
      const { status, code, id } = await tryStart({ Image: image })
      assert.deepEqual([status, code], [400, 'hostile-root'])
      canary.assertUnchanged()
      assert.deepEqual(readdirSync(join(root.path, 'elsewhere')), [])
      await remove(id)
    })
  }
}

test('E5: an image whose /dev is a folder of its own keeps it, and none of it is used', { skip }, async () => {
  await using canary = makeCanary()
  await using root = await makeImage('own-dev', (path) => {
    mkdirSync(join(path, 'dev'))
    symlinkSync(join(canary.path, 'null'), join(path, 'dev/null'))
    symlinkSync(join(canary.path, 'pts'), join(path, 'dev/pts'))
    symlinkSync(canary.path, join(path, 'dev/shm'))
  })
  const report: { devices: Record<string, string> } = JSON.parse(await say('own-dev', '/bin/probe', 'report'))
  assert.equal(report.devices.null, 'c 0666 0:0 1:3')
  canary.assertUnchanged()
  assert.equal(readlinkSync(join(root.path, 'dev/null')), join(canary.path, 'null'))
})

test('E6: masks do not come from a /dev of the container’s', { skip }, async () => {
  await using canary = makeCanary()
  const corePattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8')
  await using dev = makeTemporaryFolder('dev')
  for (const name of ['null', 'zero', 'tty']) symlinkSync('/proc/sys/kernel/core_pattern', join(dev.path, name))
  const { status, code, id } = await tryStart({ HostConfig: { Binds: [`${dev.path}:/dev`] } })
  // Refused, since not even stdin can be had from there.
  assert.deepEqual([status, code === 'internal'], [500, false])
  await remove(id)
  const withInput = await tryStart({ OpenStdin: true, HostConfig: { Binds: [`${dev.path}:/dev`] } })
  if (withInput.status === 204) {
    assert.equal(await exec(withInput.id, 'sh', '-c', 'wc -c < /proc/timer_list'), '')
    assert.equal(readFileSync('/proc/sys/kernel/core_pattern', 'utf8'), corePattern)
  }
  await remove(withInput.id)
  assert.equal(readFileSync('/proc/sys/kernel/core_pattern', 'utf8'), corePattern)
  canary.assertUnchanged()
})

test('links in an image at the places of generated files stay inside it', { skip }, async () => {
  await using canary = makeCanary()
  await using root = await makeImage('linked-etc', (path) => {
    for (const name of ['proc', 'sys', 'dev', 'etc']) mkdirSync(join(path, name))
    symlinkSync(join(canary.path, 'hosts'), join(path, 'etc/hosts'))
    symlinkSync('../run/systemd/resolve/stub-resolv.conf', join(path, 'etc/resolv.conf'))
    symlinkSync('/../../../../../../etc/hostname', join(path, 'etc/hostname'))
  })
  const { status, code, id } = await tryStart({ Image: 'linked-etc', Cmd: ['/bin/probe', 'sleep-forever'] })
  assert.equal(status, 204, String(code))
  for (const name of ['hosts', 'resolv.conf']) assert.notEqual(await exec(id, '/bin/probe', 'cat', `/etc/${name}`), 'ENOENT\n')
  await remove(id)
  canary.assertUnchanged()
  assert.equal(lstatSync(join(root.path, 'etc/hosts')).isSymbolicLink(), true)
})

async function race(canary: Canary): Promise<void> {
  await using volume = makeTemporaryFolder('volume')
  await using source = makeTemporaryFolder('source')
  mkdirSync(join(volume.path, 'x'))
  symlinkSync(canary.path, join(volume.path, 'y'))
  const attacker = await start({ Cmd: ['probe', 'swap', '/vol/x', '/vol/y'], HostConfig: { Binds: [`${volume.path}:/vol`] } })
  for (let count = 0; count < 100; count++) {
    const { id } = await tryStart({
      HostConfig: { Binds: [`${volume.path}:/vol`, `${source.path}:/vol/x/inner`], Tmpfs: { '/vol/x/deep/er': '' } },
      WorkingDir: '/vol/x/work/here',
    })
    await remove(id)
  }
  await remove(attacker)
}

test('E9: a folder that becomes a link to the host while mounts are made below it', { skip }, async () => {
  await using canary = makeCanary()
  await race(canary)
  canary.assertUnchanged()
})

test('E12: variables of the container mean nothing to the helper or the keeper', { skip }, async () => {
  const id = await start({ Env: ['LD_PRELOAD=/evil.so', 'NODE_OPTIONS=--require=/evil.js', 'PATH=.:/bin'] })
  const { body } = await engine.helper.request('GET', `/containers/${id}/json`)
  const pid = Number(objectOf(objectOf(body).State).Pid)
  const keeper = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  assert.match(readFileSync(`/proc/${pid}/environ`, 'latin1'), /LD_PRELOAD/)
  assert.equal(readFileSync(`/proc/${keeper}/environ`, 'latin1'), '')
  assert.equal(readlinkSync(`/proc/${keeper}/cwd`), '/')
  assert.match(readlinkSync(`/proc/${keeper}/exe`), /^\/memfd:pocker-keeper/)
  assert.doesNotMatch(readFileSync(`/proc/${engine.helper.pid()}/environ`, 'latin1'), /evil/)
  await remove(id)
})

test('E14, E20: cgroups are read-only and cannot be mounted anew, in a cgroup namespace of its own or not', { skip }, async () => {
  for (const mode of ['private', 'host']) {
    const script = [
      'mkdir /tmp/cg; mount -t cgroup -o memory cgroup /tmp/cg && echo mounted',
      'unshare -Urm true && echo unshared',
      'for file in $(find /sys/fs/cgroup -name release_agent -o -name notify_on_release -o -name cgroup.procs -o -name tasks); do probe write $file 1; done | sort -u',
      'mkdir /sys/fs/cgroup/*/x /sys/fs/cgroup/x && echo made',
    ].join('; ')
    const { stdout } = await engine.pocker('run', '--rm', '--cgroupns', mode, 'tiny', 'sh', '-c', script)
    assert.equal(stdout, 'EROFS\n', mode)
    const { mounts }: { mounts: string[] } = JSON.parse(await say('--cgroupns', mode, 'tiny', 'probe', 'report'))
    const cgroups = mounts.filter((line) => line.split(' ')[4]?.startsWith('/sys/fs/cgroup'))
    assert.ok(cgroups.length > 0 && cgroups.every((line) => line.split(' ')[5]?.split(',').includes('ro')), mode)
  }
})

for (const Sysctls of [
  { 'kernel.shmmax': '1+kernel.core_pattern=|/x' },
  { 'kernel.core_pattern': '|/x' },
  { 'net.ipv4.ip_forward/../../kernel/core_pattern': '|/x' },
  { 'net/../kernel/core_pattern': '|/x' },
  { 'net...kernel.core_pattern': '|/x' },
  { 'net.ipv4.ip_forward': '1\nkernel.core_pattern=|/x' },
]) {
  test(`E15: sysctl ${JSON.stringify(Sysctls)} does not reach the host`, { skip }, async () => {
    const before = readFileSync('/proc/sys/kernel/core_pattern', 'utf8')
    const { status, id } = await tryStart({ HostConfig: { Sysctls } })
    assert.ok(status >= 400, String(status))
    await remove(id)
    assert.equal(readFileSync('/proc/sys/kernel/core_pattern', 'utf8'), before)
  })
}

test('E15: network sysctls are refused in the host’s network', { skip }, async () => {
  const { status } = await tryStart({ HostConfig: { NetworkMode: 'host', Sysctls: { 'net.ipv4.ip_forward': '1' } } })
  assert.equal(status, 400)
})

test('E16: no capability is inheritable or ambient, whatever is added', { skip }, async () => {
  const read = ['grep', '-E', 'Cap(Inh|Amb)', '/proc/self/status']
  const none = 'CapInh:\t0000000000000000\nCapAmb:\t0000000000000000\n'
  for (const words of [[], ['--cap-add', 'ALL'], ['--cap-add', 'NET_ADMIN', '--user', 'user'], ['--privileged'], ['--cap-drop', 'ALL']]) {
    assert.equal(await say(...words, 'tiny', ...read), none, words.join(' '))
  }
  const id = await start()
  for (const words of [[], ['--privileged'], ['--user', 'user']]) {
    assert.equal((await engine.pocker('exec', ...words, id, ...read)).stdout, none, words.join(' '))
  }
  await remove(id)
})

test('E17: groups of whoever started the helper do not come along', { skip }, async () => {
  assert.equal(await say('--user', '1000:1000', 'tiny', 'id', '-G'), '1000\n')
  assert.equal(await say('tiny', 'id', '-G'), '0\n')
  const id = await start()
  assert.equal((await engine.pocker('exec', '--user', '1000:1000', id, 'id', '-G')).stdout, '1000\n')
  await remove(id)
})

test('E18: a user that is no clean number is never root', { skip }, async () => {
  for (const User of ['-1', '4294967295', '2147483648', '4294967296', '1e3', '0x0', ' 0', '1:-1', '1000:4294967296']) {
    const { status, id } = await tryStart({ User })
    assert.ok(status >= 400, `${JSON.stringify(User)}: ${status}`)
    await remove(id)
  }
})

test('E21: a container has no terminal of the host’s to type into', { skip }, async () => {
  assert.equal(await say('tiny', 'probe', 'tiocsti'), 'ENOTTY\n')
  assert.equal(await say('tiny', 'probe', 'open', '/dev/tty', 'rw'), 'ENXIO\n')
})

test('E22: the helper has no socket without a file, which the host’s network namespace would show', { skip }, async () => {
  const abstract = (text: string) => text.split('\n').filter((line) => / @/.test(line) && /pocker|docker/.test(line))
  assert.deepEqual(abstract(readFileSync(`/proc/${engine.helper.pid()}/net/unix`, 'utf8')), [])
  const inodes = new Set(readdirSync(`/proc/${engine.helper.pid()}/fd`).map((fd) => linkOf(`/proc/${engine.helper.pid()}/fd/${fd}`)))
  const unnamed = readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .filter((line) => / @/.test(line) && inodes.has(`socket:[${line.trim().split(/\s+/)[6]}]`))
  assert.deepEqual(unnamed, [])
})

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

for (const mask of [0, 0o077]) {
  test(`E29: nobody else can look into the helper's folders, started with umask 0${mask.toString(8)}`, { skip }, async () => {
    const own = process.umask(mask)
    await using helper = await startHelper().finally(() => process.umask(own))
    await using root = await makeImage('ignored', () => undefined)
    const copy = join(helper.dataRoot, '../rootfs')
    cpSync(root.path, copy, { recursive: true })
    for (const name of ['proc', 'sys', 'dev']) mkdirSync(join(copy, name))
    chmodSync(join(helper.dataRoot, '..'), 0o755)
    const made = await helper.pocker(['run', '-d', '--rootfs', copy, '/bin/probe', 'sleep-forever'], { timeout: 30_000 })
    assert.equal(made.code, 0, made.stderr)
    const open: string[] = []
    for (const folder of [helper.dataRoot, helper.runRoot]) assert.equal(statSync(folder).mode & 0o777, 0o700, folder)
    for (const folder of [helper.dataRoot, helper.runRoot]) {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name)
        const { mode } = lstatSync(path)
        // What containers see must have their modes; it lies in folders that are closed.
        const isContent = /\/(containers\/[0-9a-f]{64}\/(upper|hosts|hostname|resolv\.conf)|images\/[^/]+)/.test(path)
        if (!isContent && (mode & 0o077) !== 0) open.push(`${path} ${(mode & 0o777).toString(8)}`)
      }
    }
    assert.deepEqual(open, [])
    assert.equal(statSync(helper.socket).mode & 0o007, 0)
    for (const path of [
      join(helper.dataRoot, 'state.db'),
      join(helper.dataRoot, 'containers'),
      join(helper.dataRoot, 'images'),
      join(helper.runRoot, 'status'),
    ]) {
      assert.ok(lstatSync(path))
      assert.equal(spawnSync('stat', [path], { uid: 65534, gid: 65534, timeout: 5000 }).status, 1, `another user sees ${path}`)
    }
  })
}
