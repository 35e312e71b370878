/** `docker run` with each flag that changes what a container sees, read back from inside. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { eventually, startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'

describe('docker run', { skip: whyNoEngine() }, () => {
  let engine: TestEngine
  let folder: TemporaryFolder
  before(async () => {
    engine = await startEngine()
    folder = makeTemporaryFolder('docker-run')
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
    await folder?.[Symbol.asyncDispose]()
  })

  /** Runs `sh -c SCRIPT` with the flags; its output, once it has ended well. */
  const read = async (flags: readonly string[], script: string): Promise<string> => {
    const { code, stdout, stderr } = await engine.docker('run', '--rm', ...flags, 'tiny', 'sh', '-c', script)
    assert.equal(code, 0, `${flags.join(' ')}: ${stderr}${stdout}`)
    return stdout.trimEnd()
  }
  const status = (name: string) => `grep ^${name}: /proc/self/status | cut -f2`

  test('passes output, errors and exit codes on', async () => {
    const result = await engine.docker('run', '--rm', 'tiny', 'sh', '-c', 'echo out; echo err >&2; exit 7')
    assert.deepEqual(result, { code: 7, signal: null, stdout: 'out\n', stderr: 'err\n' })
    assert.equal((await engine.docker('run', '--rm', 'tiny', 'probe', 'signal-self', '9')).code, 99, 'PID 1 is spared its own signals')
    assert.equal((await engine.docker('run', '--rm', '--init', 'tiny', 'probe', 'signal-self', '9')).code, 137)
    assert.equal((await engine.docker('run', '--rm', 'tiny', 'no-such-command')).code, 127)
    assert.equal((await engine.docker('run', '--rm', 'tiny', '/etc/passwd')).code, 126)
    assert.equal((await engine.docker('run', '--rm', 'no-such-image', 'true')).code, 125)
    assert.equal((await engine.docker('run', '--rm', '--network', 'container:nobody', 'tiny', 'true')).code, 125)
  })

  test('-i gives it the input to the end', async () => {
    const { code, stdout } = await engine.helper.docker(['run', '--rm', '-i', 'tiny', 'wc', '-c'], {
      input: Buffer.alloc(300_000, 'x'),
      timeout: 30_000,
    })
    assert.deepEqual({ code, stdout }, { code: 0, stdout: '300000\n' })
  })

  test('without -i the input is empty', async () => {
    const { stdout } = await engine.helper.docker(['run', '--rm', 'tiny', 'wc', '-c'], { input: 'ignored', timeout: 30_000 })
    assert.equal(stdout, '0\n')
  })

  test('environment, folder, user, hostname', async () => {
    assert.equal(await read(['-e', 'ONE=1 2', '-e', 'EMPTY='], 'echo "$ONE"; env | grep ^EMPTY; echo $HOME'), '1 2\nEMPTY=\n/root')
    assert.equal(await read(['-w', '/made/by/it'], 'pwd'), '/made/by/it')
    assert.equal(await read(['-u', 'user'], 'id; echo $HOME'), 'uid=1000(user) gid=1000(user) groups=1000(user),2000(extra)\n/home/user')
    assert.equal(await read(['-u', '5:6', '--group-add', 'extra'], 'id -u; id -g; id -G'), '5\n6\n6 2000')
    assert.equal(
      await read(['--hostname', 'box', '--add-host', 'peer:10.1.2.3'], 'hostname; cat /etc/hostname; grep peer /etc/hosts'),
      'box\nbox\n10.1.2.3\tpeer',
    )
    assert.equal(await read(['--entrypoint', '/bin/echo', '-e', 'X=1'], 'hi'), '-c hi'.replace('-c', 'sh -c'))
  })

  test('binds, volumes and tmpfs', async () => {
    const source = join(folder.path, 'bound')
    mkdirSync(source)
    writeFileSync(join(source, 'file'), 'from the host')
    assert.equal(await read(['-v', `${source}:/data`], 'cat /data/file; echo back > /data/new'), 'from the host')
    assert.equal(readFileSync(join(source, 'new'), 'utf8'), 'back\n')
    assert.match(await read(['-v', `${source}:/data:ro`], 'touch /data/x 2>&1 || true'), /Read-only file system/)
    assert.match(
      await read(['--mount', `type=bind,src=${source},dst=/data,readonly`], 'touch /data/x 2>&1 || true'),
      /Read-only file system/,
    )
    assert.equal(
      await read(['--tmpfs', '/scratch:size=64k,mode=1770'], 'stat -c %a /scratch; df -k /scratch | tail -1 | tr -s " " | cut -d" " -f2'),
      '1770\n64',
    )
    assert.match(await read(['--mount', 'type=tmpfs,dst=/scratch,tmpfs-size=65536'], 'mount | grep /scratch'), /size=64k/)
    await read(['-v', 'keep:/data'], 'echo kept > /data/file')
    assert.equal(await read(['-v', 'keep:/data'], 'cat /data/file'), 'kept')
    assert.ok(!existsSync(join(source, 'x')))
  })

  test('--read-only', async () => {
    assert.match(await read(['--read-only', '--tmpfs', '/run'], 'touch /x 2>&1; touch /run/y && echo ok'), /Read-only file system\nok$/)
  })

  test('networks: none, host, and another container’s', async () => {
    assert.equal(await read(['--network', 'none'], 'ip -o link | wc -l'), '1')
    assert.equal(await read(['--network', 'none'], 'ip -o link show lo | grep -c LOOPBACK,UP'), '1')
    assert.equal(await read(['--network', 'host'], 'readlink /proc/self/ns/net'), ownNamespace('net'))
    await engine.docker('run', '-d', '--name', 'net-owner', '--hostname', 'owner', '--network', 'none', 'tiny', 'sleep', '100')
    const shared = await read(['--network', 'container:net-owner'], 'readlink /proc/self/ns/net; hostname')
    const own = await engine.docker('exec', 'net-owner', 'sh', '-c', 'readlink /proc/self/ns/net; hostname')
    assert.equal(shared, own.stdout.trimEnd())
  })

  test('pid, ipc and uts modes', async () => {
    assert.equal(await read([], 'echo $$'), '1')
    assert.equal(await read(['--pid', 'host'], 'readlink /proc/self/ns/pid'), ownNamespace('pid'))
    assert.equal(await read(['--uts', 'host'], 'readlink /proc/self/ns/uts'), ownNamespace('uts'))
    assert.equal(await read(['--ipc', 'host'], 'readlink /proc/self/ns/ipc'), ownNamespace('ipc'))
    await engine.docker('run', '-d', '--name', 'pid-owner', '--ipc', 'shareable', 'tiny', 'sleep', '1234')
    assert.match(await read(['--pid', 'container:pid-owner'], 'cat /proc/1/cmdline | tr "\\0" " "'), /sleep 1234/)
    assert.equal(
      await read(['--ipc', 'container:pid-owner'], 'readlink /proc/self/ns/ipc'),
      (await engine.docker('exec', 'pid-owner', 'readlink', '/proc/self/ns/ipc')).stdout.trimEnd(),
    )
  })

  test('containers that share an ipc namespace share /dev/shm, but not a private one', async () => {
    await engine.docker(
      'run',
      '-d',
      '--name',
      'shm-owner',
      '--ipc',
      'shareable',
      'tiny',
      'sh',
      '-c',
      'echo theirs > /dev/shm/a; sleep 1234',
    )
    await eventually('it has written', async () => (await engine.docker('exec', 'shm-owner', 'cat', '/dev/shm/a')).stdout === 'theirs\n')
    assert.equal(
      await read(['--ipc', 'container:shm-owner'], 'cat /dev/shm/a; echo ours > /dev/shm/b; ls /'),
      `theirs\n${await read([], 'ls /')}`,
    )
    assert.equal((await engine.docker('exec', 'shm-owner', 'cat', '/dev/shm/b')).stdout, 'ours\n')
    await engine.docker('run', '-d', '--name', 'shm-private', 'tiny', 'sleep', '1234')
    const refused = await engine.docker('run', '--rm', '--ipc', 'container:shm-private', 'tiny', 'true')
    assert.equal(refused.code, 125)
    assert.match(refused.stderr, /ipc namespace/)
  })

  test('an OOM score in a shared pid namespace is not the helper’s too', async () => {
    const own = readFileSync(`/proc/${engine.helper.pid()}/oom_score_adj`, 'utf8')
    const started = await engine.docker('run', '-d', '--name', 'scored', '--pid', 'host', '--oom-score-adj', '321', 'tiny', 'sleep', '1234')
    assert.equal(started.code, 0, started.stderr)
    const read = await engine.docker('exec', 'scored', 'cat', '/proc/self/oom_score_adj')
    assert.deepEqual(read, { code: 0, signal: null, stdout: '321\n', stderr: '' })
    assert.equal(readFileSync(`/proc/${engine.helper.pid()}/oom_score_adj`, 'utf8'), own)
  })

  test('limits are those of its control groups', async () => {
    const flags = ['-m', '64m', '--memory-swap', '64m', '--cpus', '0.5', '--cpu-shares', '512', '--pids-limit', '50', '--cpuset-cpus', '0']
    const inside = await read(
      flags,
      'cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us pids/pids.max cpuset/cpuset.cpus 2>/dev/null || cat memory.max cpu.max pids.max cpuset.cpus',
    )
    assert.match(inside, /^67108864\n50000( 100000)?\n50\n0$/)
    assert.match((await read(['--pids-limit', '20'], 'probe forkbomb 100')).trim(), /^1\d EAGAIN$/)
  })

  test('ulimits, sysctls, OOM score, shared memory', async () => {
    assert.equal(await read(['--ulimit', 'nofile=123:456', '--ulimit', 'core=0'], 'ulimit -n; ulimit -Hn; ulimit -c'), '123\n456\n0')
    assert.equal(await read(['--sysctl', 'kernel.shmmni=77'], 'cat /proc/sys/kernel/shmmni'), '77')
    assert.equal(await read(['--oom-score-adj', '321'], 'cat /proc/self/oom_score_adj'), '321')
    assert.equal(await read(['--shm-size', '128k'], 'df -k /dev/shm | tail -1 | tr -s " " | cut -d" " -f2'), '128')
  })

  test('capabilities and privileges', async () => {
    assert.equal(await read([], status('CapEff')), '00000000a80425fb')
    assert.equal(await read(['--cap-drop', 'ALL', '--cap-add', 'NET_RAW'], status('CapEff')), '0000000000002000')
    assert.equal(await read(['-u', 'user'], status('CapEff')), '0000000000000000')
    assert.equal(await read([], status('Seccomp')), '2')
    assert.equal(
      await read(['--privileged'], `${status('Seccomp')}; ls /dev/kmsg; ${status('CapEff')} | cut -c1-8`),
      '0\n/dev/kmsg\n000001ff',
    )
    assert.equal(await read(['--security-opt', 'seccomp=unconfined'], status('Seccomp')), '0')
    assert.equal(await read(['--security-opt', 'no-new-privileges'], status('NoNewPrivs')), '1')
    assert.equal(await read([], status('NoNewPrivs')), '0')
  })

  test('a seccomp profile of the user’s', async () => {
    const path = join(folder.path, 'profile.json')
    const rule = { names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 95 }
    writeFileSync(path, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule] }))
    assert.match(await read(['--security-opt', `seccomp=${path}`], 'mkdir /x 2>&1 || true'), /not supported/i)
  })

  test('--device', async () => {
    assert.equal(
      await read(['--device', '/dev/null:/dev/mine:rw'], 'echo x > /dev/mine; test -c /dev/mine && stat -c %t:%T /dev/mine'),
      '1:3',
    )
    assert.equal(await read([], 'probe mknod /tmp/d b 7 0; probe open /dev/mem r; probe mknod /tmp/k c 1 2'), 'ok\nENOENT\nok')
    assert.equal(await read([], 'mknod /tmp/k c 1 2; probe open /tmp/k r'), 'EPERM')
  })

  test('--init reaps and passes signals', async () => {
    assert.match(await read(['--init'], 'cat /proc/1/comm'), /init/)
    const { stdout } = await engine.docker('run', '-d', '--init', 'tiny', 'probe', 'print-signals')
    const id = stdout.trim()
    const said = (text: string) => eventually(`it says ${text}`, async () => (await engine.docker('logs', id)).stdout === text)
    await said('ready\n')
    await engine.docker('kill', '-s', 'USR1', id)
    await said('ready\n10\n')
    assert.equal((await engine.docker('stop', '-t', '30', id)).code, 0)
    assert.equal((await engine.docker('logs', id)).stdout, 'ready\n10\n15\n')
    assert.equal((await engine.docker('wait', id)).stdout, '0\n')
  })

  test('a folder as the root filesystem is as it was afterwards', async () => {
    const { code, stdout } = await engine.pocker(
      'run',
      '--rm',
      '--rootfs',
      engine.rootfs,
      'sh',
      '-c',
      'touch /made; rm /etc/group; ls /made',
    )
    assert.deepEqual({ code, stdout }, { code: 0, stdout: '/made\n' })
    assert.ok(!existsSync(join(engine.rootfs, 'made')))
    assert.ok(existsSync(join(engine.rootfs, 'etc/group')))
  })
})

function ownNamespace(name: string): string {
  return readlinkSync(`/proc/self/ns/${name}`)
}
