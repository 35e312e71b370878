/** A shell for images that have none: what it shows, what it shares with the container, and that nothing of it stays. */
import assert from 'node:assert/strict'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PockerError } from '../../helper/api/errors.ts'
import { LaunchError } from '../../helper/container/launch/launch.ts'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { hijack } from '../support/hijacked.ts'
import { countOwn, makeLaunchPlace } from '../support/launching.ts'
import { countHelper } from '../support/leaks.ts'
import { buildProbe, makeRootfs } from '../support/rootfs.ts'

const skip = whyNoEngine()
let engine: TestEngine
/** An image of one static program and a few folders. */
let scratch: TemporaryFolder

before(async () => {
  if (skip !== false) return
  engine = await startEngine()
  scratch = makeTemporaryFolder('scratch')
  chmodSync(scratch.path, 0o755)
  for (const name of ['etc', 'srv', 'real']) mkdirSync(join(scratch.path, name))
  copyFileSync(await buildProbe(), join(scratch.path, 'app'))
  chmodSync(join(scratch.path, 'app'), 0o755)
  symlinkSync('/real', join(scratch.path, 'linked'))
  assert.equal((await engine.pocker('import', scratch.path, 'scratch')).code, 0)
})
after(async () => {
  await engine?.[Symbol.asyncDispose]()
  await scratch?.[Symbol.asyncDispose]()
})

async function start(...words: string[]): Promise<string> {
  const { stdout, stderr, code } = await engine.pocker('run', '-d', ...words, '/app', 'sleep-forever')
  assert.equal(code, 0, stderr)
  return stdout.trim()
}

const remove = async (id: string) => assert.equal((await engine.pocker('rm', '-f', id)).code, 0)

/** What a command in the toolbox says on both streams. */
async function say(id: string, script: string, ...words: string[]): Promise<string> {
  const { stdout, stderr } = await engine.pocker('exec', '--toolbox', ...words, id, 'sh', '-c', script)
  return stdout + stderr
}

const pidOf = async (id: string) => Number((await engine.pocker('inspect', '-f', '{{.State.Pid}}', id)).stdout)

test('an image of one program gets a shell, with a terminal, and its files', { skip }, async () => {
  const id = await start('scratch')
  const request = { Toolbox: true, Tty: true, AttachStdin: true, Reattach: true, ConsoleSize: [33, 77] }
  const { body } = await engine.helper.request('POST', `/containers/${id}/exec`, request)
  const exec = String(Object(body).Id)
  const client = await hijack(engine.helper.socket, `/exec/${exec}/start`, { Tty: true })
  client.socket.write('tty; stty size; id -u; pwd; ls; readlink /proc/$$/exe; echo said $((1+1))\n')
  await client.until(/said 2/)
  const said = client.text()
  assert.match(said, /\/dev\/pts\/\d+\r\n33 77\r\n0\r\n\/container\r\n/)
  assert.match(said, /\bapp\b[\s\S]*\betc\b/)
  assert.match(said, existsSync('/usr/bin/bash') ? /\/usr\/bin\/bash/ : /\/bin\//)
  client.socket.write('exit 5\n')
  await client.ended
  const inspect = Object((await engine.helper.request('GET', `/exec/${exec}/json`)).body)
  assert.equal(inspect.ExitCode, 5)
  assert.match(inspect.ProcessConfig.entrypoint, /^\/bin\/(ba)?sh$/)
  await remove(id)
})

test('it is in all of the container’s namespaces but for mounts, and in its cgroups, with its rights', { skip }, async () => {
  const id = await start('--cap-drop', 'NET_RAW', '--memory', '64m', '--network', 'none', '--add-host', 'known:10.1.2.3', 'scratch')
  const pid = await pidOf(id)
  for (const name of ['net', 'pid', 'ipc', 'uts', 'cgroup']) {
    assert.equal((await say(id, `readlink /proc/self/ns/${name}`)).trim(), readlinkSync(`/proc/${pid}/ns/${name}`), name)
  }
  assert.notEqual((await say(id, 'readlink /proc/self/ns/mnt')).trim(), readlinkSync(`/proc/${pid}/ns/mnt`))
  assert.equal(await say(id, 'cat /proc/self/cgroup'), await say(id, 'cat /proc/1/cgroup'))
  const status = 'grep -E "^(Cap(Eff|Bnd|Inh)|Seccomp|NoNewPrivs):" /proc'
  assert.equal(await say(id, `${status}/self/status`), await say(id, `${status}/1/status`))
  assert.match(await say(id, 'ps -e -o pid,args'), /^\s+1 \/app sleep-forever$/m)
  assert.equal((await say(id, 'hostname; cat /etc/hostname')).trim(), `${id.slice(0, 12)}\n${id.slice(0, 12)}`)
  assert.match(await say(id, 'getent hosts known'), /^10\.1\.2\.3\s+known/)
  const masked = await say(id, 'wc -c < /proc/keys; ls /sys/firmware; echo 1 > /proc/sys/kernel/shmmax')
  assert.match(masked, /^0\n[^\n]*Read-only file system/)
  await remove(id)
})

test('whoever the container runs as, it is root, or who is asked for', { skip }, async () => {
  const id = await start('--user', '1000:1000', 'scratch')
  assert.equal((await say(id, 'id -u; id -G; echo $HOME')).trim(), '0\n0\n/root')
  assert.equal((await say(id, 'id -u; id -G', '--user', '1000:1000')).trim(), '1000\n1000')
  await remove(id)
})

test('its programs are the host’s first, and nothing of the container’s environment gets at them', { skip }, async () => {
  const id = await start(
    '-e',
    'LD_PRELOAD=/container/evil.so',
    '-e',
    'PATH=/srv/bin:relative:/bin',
    '-e',
    'BASH_ENV=/container/evil',
    'scratch',
  )
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  assert.equal(
    (await say(id, 'echo $PATH $LD_PRELOAD$BASH_ENV $ADDED', '-e', 'ADDED=yes')).trim(),
    `${path}:/container/srv/bin:/container/bin yes`,
  )
  await remove(id)
})

test('it begins in the container’s working folder, links and all', { skip }, async () => {
  const cases = [
    [['-w', '/srv'], [], '/container/srv'],
    [['-w', '/linked'], [], '/container/real'],
    [[], ['-w', '/etc'], '/container/etc'],
    [[], ['-w', '/not/there'], '/container'],
  ] as const
  for (const [run, exec, folder] of cases) {
    const id = await start(...run, 'scratch')
    assert.equal((await say(id, 'pwd', ...exec)).trim(), folder)
    await remove(id)
  }
})

test('the container’s files are there as it has them: volumes, read-only mounts, a read-only root', { skip }, async () => {
  await using volume = makeTemporaryFolder('volume')
  const id = await start('--read-only', '-v', `${volume.path}:/srv`, '-v', `${volume.path}:/shown:ro`, '--tmpfs', '/real', 'scratch')
  assert.match(await say(id, 'echo x > /container/made'), /Read-only file system/)
  assert.match(await say(id, 'echo x > /container/shown/made'), /Read-only file system/)
  assert.equal(await say(id, 'echo y > /container/srv/made; echo z > /container/real/made; echo w > /tmp/made'), '')
  assert.equal(readFileSync(join(volume.path, 'made'), 'utf8'), 'y\n')
  assert.equal((await engine.pocker('exec', id, '/app', 'cat', '/real/made')).stdout, 'z\n')
  assert.equal((await engine.pocker('exec', id, '/app', 'cat', '/tmp/made')).stdout, 'ENOENT\n')
  await remove(id)
})

test('a container of a folder, and one of the image host, have it too', { skip }, async () => {
  const { stdout } = await engine.pocker('run', '-d', '--rootfs', scratch.path, '/app', 'sleep-forever')
  assert.equal((await say(stdout.trim(), 'ls /container/app')).trim(), '/container/app')
  await remove(stdout.trim())
  const host = (await engine.pocker('run', '-d', 'host', 'sleep', '1000')).stdout.trim()
  assert.equal((await say(host, 'readlink -f /container/usr/bin/env /usr/bin/env')).trim(), '/container/usr/bin/env\n/usr/bin/env')
  await remove(host)
})

/** The mounts that a process sees in this helper's folders, or of them. */
function mountsBelow(process: number | 'self'): string[] {
  const lines = readFileSync(`/proc/${process}/mountinfo`, 'utf8').split('\n')
  return lines.filter((line) => line.includes(engine.helper.runRoot) || line.includes(engine.helper.dataRoot))
}

test('nothing of it is seen in the container, and nothing is left', { skip }, async () => {
  const id = await start('scratch')
  const pid = await pidOf(id)
  const upper = join(engine.helper.dataRoot, 'containers', id, 'upper')
  const look = () => ({
    mounts: readFileSync(`/proc/${pid}/mountinfo`, 'utf8'),
    files: readdirSync(upper, { recursive: true }).sort(),
    top: readdirSync(`/proc/${pid}/root`).sort(),
    // Others mount and unmount on this machine, too: what concerns this helper, as the host and as it sees it.
    host: mountsBelow('self'),
    own: mountsBelow(engine.helper.pid()),
  })
  await say(id, 'true')
  const before = look()
  const { descriptors } = countHelper(engine.helper.pid())
  for (let count = 0; count < 20; count++) await say(id, 'echo x > /tmp/x; echo y > /etc/y; mkdir /z')
  assert.equal((await engine.pocker('exec', '--toolbox', id, '/no/such/program')).code, 127)
  assert.deepEqual(look(), before)
  // One more may be open: a network namespace that is made ahead.
  await eventually('its descriptors are closed', () => countHelper(engine.helper.pid()).descriptors <= descriptors + 1)
  assert.equal(await say(id, 'ls -d /tmp/x /etc/y /z 2>/dev/null'), '')
  await remove(id)
})

test('a paused container has none, nor one that does not run', { skip }, async () => {
  const id = await start('scratch')
  assert.equal((await engine.pocker('pause', id)).code, 0)
  const request = { Toolbox: true }
  assert.partialDeepStrictEqual(await engine.helper.request('POST', `/containers/${id}/exec`, request), {
    status: 409,
    body: { code: 'container-paused' },
  })
  assert.equal((await engine.pocker('unpause', id)).code, 0)
  assert.equal((await engine.pocker('stop', '-t', '0', id)).code, 0)
  assert.partialDeepStrictEqual(await engine.helper.request('POST', `/containers/${id}/exec`, request), {
    status: 409,
    body: { code: 'not-running' },
  })
  await remove(id)
})

test('it ends with its container', { skip, timeout: 30_000 }, async () => {
  const id = await start('scratch')
  const { body } = await engine.helper.request('POST', `/containers/${id}/exec`, { Toolbox: true, Tty: true, AttachStdin: true })
  const client = await hijack(engine.helper.socket, `/exec/${String(Object(body).Id)}/start`, { Tty: true })
  client.socket.write('echo said $((1+1))\n')
  await client.until(/said 2/)
  assert.equal((await engine.pocker('restart', '-t', '0', id)).code, 0)
  await client.ended
  await remove(id)
})

test('a toolbox that cannot be made says at which step, and leaves nothing', { skip }, async () => {
  await using rootfs = await makeRootfs()
  await using place = makeLaunchPlace()
  const running = await place.start(rootfs.path, { args: ['/bin/probe', 'sleep-forever'] })
  const { process } = place.spec(rootfs.path, { args: ['/bin/true'] })
  const mountPoint = join(place.path, 'root')
  const bind = (source: string) => ({ destination: '/bin', type: 'bind', source, options: ['rbind', 'ro', 'rprivate'] }) as const
  const toolbox = { mountPoint, layers: [rootfs.path], mounts: [bind(join(rootfs.path, 'bin'))], isFolder: () => true }
  const exec = (more: object) =>
    place.launcher.exec(process, {
      container: running.container,
      join: [],
      openStdin: false,
      seccomp: undefined,
      toolbox: { ...toolbox, ...more },
    })
  const before = countOwn()
  for (const [more, call] of [
    [{ mounts: [bind('/nowhere/at/all')] }, 'open_tree'],
    [{ layers: ['/nowhere/at/all'] }, 'mount'],
    [{ mountPoint: '/nowhere/at/all' }, 'mount'],
  ] as const) {
    assert.throws(
      () => exec(more),
      (error) => error instanceof PockerError && error.cause instanceof LaunchError && error.cause.cause.call === call,
    )
    assert.deepEqual(countOwn(), before)
  }
  running.signal(9)
  await place.finish(running)
})
