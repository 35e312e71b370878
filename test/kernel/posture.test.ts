/**
 * The default sandbox, whole: what a process in a container reports of itself, against what is written out here by hand from the
 * facts about Docker. Whatever is not expected fails, so that a new mount, descriptor or device cannot come in unseen.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { startEngine, type TestEngine, whyNoEngine } from '../support/engine.ts'

interface Report {
  readonly [name: string]: unknown
  readonly hostname: string
  readonly status: Readonly<Record<string, string>>
  readonly namespaces: Readonly<Record<string, string>>
  readonly descriptors: Readonly<Record<string, string>>
  readonly mounts: readonly string[]
  readonly devices: Readonly<Record<string, string>>
  readonly rlimits: Readonly<Record<string, readonly [unknown, unknown]>>
  readonly env: readonly string[]
}

const skip = whyNoEngine()
let engine: TestEngine

before(async () => {
  if (skip === false) engine = await startEngine()
})
after(async () => {
  if (skip === false) await engine[Symbol.asyncDispose]()
})

async function report(...words: string[]): Promise<Report> {
  const result = await engine.pocker(...words, 'probe', 'report')
  assert.equal(result.code, 0, result.stderr)
  const parsed: Report = JSON.parse(result.stdout)
  return parsed
}

/** Docker's fourteen: CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP. */
const FOURTEEN = '00000000a80425fb'
const NONE = '0000000000000000'
const rootStatus = {
  Uid: '0\t0\t0\t0',
  Gid: '0\t0\t0\t0',
  Groups: '0 ',
  Umask: '0022',
  NSpid: '1',
  TracerPid: '0',
  SigBlk: NONE,
  SigIgn: NONE,
  SigCgt: NONE,
  SigPnd: NONE,
  ShdPnd: NONE,
  CapInh: NONE,
  CapPrm: FOURTEEN,
  CapEff: FOURTEEN,
  CapBnd: FOURTEEN,
  CapAmb: NONE,
  NoNewPrivs: '0',
  Seccomp: '2',
  Seccomp_filters: '1',
}

const identity = {
  uid: 0,
  gid: 0,
  euid: 0,
  egid: 0,
  groups: [0],
  umask: 0o022,
  dumpable: 1,
  securebits: 0,
  niceness: 0,
  parentDeathSignal: 0,
}
const alone = { pid: 1, ppid: 0, pgid: 1, sid: 1, cwd: '/', domainname: '(none)', oomScoreAdj: ['0'], appArmor: [] }

function assertStatus(actual: Report, expected: Readonly<Record<string, string>>): void {
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, actual.status[name]])), expected)
}

/** `path options type source superblock-options`, with the folders of this test and the sizes of this machine left out. */
function simplify(mounts: readonly string[]): string[] {
  return mounts.map((line) => {
    const [before = '', behind = ''] = line.split(' - ')
    const [, , , root = '', point, options, ...tags] = before.split(' ')
    const [type, source, superOptions] = behind.split(' ')
    const tag = tags.length === 0 ? '' : ` ${tags.join(' ')}`
    if (/^\/etc\/(hosts|hostname|resolv\.conf)$/.test(point ?? ''))
      return `${point} ${options}${tag} = ${root.replace(/.*\/containers\/[0-9a-f]{64}\//, '')}`
    if (point === '/') return `/ ${options}${tag} ${type}`
    if (type === 'devtmpfs') return `${point} ${options}${tag} = ${root}`
    return `${point} ${options}${tag} ${type} ${source} ${superOptions}`
  })
}

const hierarchies = readFileSync('/proc/self/mountinfo', 'utf8')
  .split('\n')
  .filter((line) => / - cgroup /.test(line))
const isV1 = hierarchies.some((line) => /\bmemory\b/.test(line.split(' - ')[1] ?? ''))
const v1Names = ['cpu', 'cpuacct', 'blkio', 'devices', 'freezer', 'pids', 'memory']

function cgroupMounts(how: 'ro' | 'rw'): string[] {
  if (!isV1) return [`/sys/fs/cgroup ${how},nosuid,nodev,noexec,relatime cgroup2 cgroup rw`]
  return [
    `/sys/fs/cgroup ${how},nosuid,nodev,noexec,relatime tmpfs cgroup rw,size=64k,mode=755`,
    ...v1Names.map((name) => `/sys/fs/cgroup/${name} ${how},nosuid,nodev,noexec,relatime cgroup cgroup rw,${name}`),
  ]
}

const generated = ['/etc/resolv.conf rw,relatime = resolv.conf', '/etc/hostname rw,relatime = hostname', '/etc/hosts rw,relatime = hosts']
const devMounts = [
  '/dev rw,nosuid tmpfs tmpfs rw,size=65536k,mode=755',
  '/dev/pts rw,nosuid,noexec,relatime devpts devpts rw,gid=5,mode=620,ptmxmode=666',
  '/dev/mqueue rw,nosuid,nodev,noexec,relatime mqueue mqueue rw',
  '/dev/shm rw,nosuid,nodev,noexec,relatime tmpfs shm rw,size=65536k',
]
const procMount = '/proc rw,nosuid,nodev,noexec,relatime proc proc rw'
const readonlyProc = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'].map(
  (name) => `/proc/${name} ro,nosuid,nodev,noexec,relatime proc proc rw`,
)

/** Which of Docker's masked paths this kernel has, and whether each is a folder: asked of the kernel, not of the code under test. */
function maskMounts(): string[] {
  const inProc = ['acpi', 'asound', 'interrupts', 'kcore', 'keys', 'latency_stats', 'sched_debug', 'scsi', 'timer_list', 'timer_stats'].map(
    (name) => `/proc/${name}`,
  )
  const throttles = readdirSync('/sys/devices/system/cpu')
    .filter((name) => /^cpu\d+$/.test(name))
    .map((name) => `/sys/devices/system/cpu/${name}/thermal_throttle`)
  return [...inProc, '/sys/devices/virtual/powercap', '/sys/firmware', ...throttles].flatMap((path) => {
    const slash = path.lastIndexOf('/')
    const found = list(path.slice(0, slash)).find(({ name }) => name === path.slice(slash + 1))
    if (found === undefined) return []
    return [
      found.isDirectory() ? `${path} ro,nosuid,nodev,noexec,relatime tmpfs tmpfs ro,size=4k,nr_inodes=1` : `${path} rw,relatime = /null`,
    ]
  })
}

function list(folder: string): { name: string; isDirectory(): boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

const sysMount = (how: string) => `/sys ${how},nosuid,nodev,noexec,relatime sysfs sysfs ${how}`
const existing = (lines: readonly string[]) =>
  lines.filter((line) => !line.startsWith('/proc/') || list('/proc').some(({ name }) => line.startsWith(`/proc/${name} `)))
const defaultMounts = [
  ...generated,
  '/ rw,relatime overlay',
  procMount,
  sysMount('ro'),
  ...cgroupMounts('ro'),
  ...devMounts,
  ...existing(readonlyProc),
  ...maskMounts(),
]

const defaultDevices = {
  null: 'c 0666 0:0 1:3',
  zero: 'c 0666 0:0 1:5',
  full: 'c 0666 0:0 1:7',
  random: 'c 0666 0:0 1:8',
  urandom: 'c 0666 0:0 1:9',
  tty: 'c 0666 0:0 5:0',
  fd: 'l /proc/self/fd',
  stdin: 'l /proc/self/fd/0',
  stdout: 'l /proc/self/fd/1',
  stderr: 'l /proc/self/fd/2',
  core: 'l /proc/kcore',
  ptmx: 'l pts/ptmx',
  pts: 'd 0755 0:0 0:0',
  mqueue: 'd 1777 0:0 0:0',
  shm: 'd 1777 0:0 0:0',
}

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

function assertNamespaces(actual: Report, shared: readonly string[]): void {
  for (const [name, value] of Object.entries(actual.namespaces)) {
    const own = readlinkSync(`/proc/self/ns/${name}`)
    assert.equal(value === own, shared.includes(name), `${name} namespace: ${value}, the host's: ${own}`)
  }
  assert.ok(Object.keys(actual.namespaces).length >= 8)
}

function assertPipes(actual: Report): void {
  const { 0: input, 1: output, 2: errors, ...others } = actual.descriptors
  assert.deepEqual(others, {}, 'no other descriptor')
  assert.equal(input, '/dev/null')
  assert.match(output ?? '', /^pipe:/)
  assert.match(errors ?? '', /^pipe:/)
}

/** The helper's own limits, but for the soft one of open files. */
function assertLimits(actual: Report): void {
  const text = readFileSync(`/proc/${engine.helper.pid()}/limits`, 'utf8')
  const hard = Number(/^Max open files\s+\S+\s+(\d+)/m.exec(text)?.[1])
  assert.deepEqual(actual.rlimits.NOFILE, [Math.min(1024, hard), hard])
  const names = {
    CPU: 'cpu time',
    FSIZE: 'file size',
    STACK: 'stack size',
    CORE: 'core file size',
    NPROC: 'processes',
    MEMLOCK: 'locked memory',
    AS: 'address space',
    MSGQUEUE: 'msgqueue size',
    NICE: 'nice priority',
    RTPRIO: 'realtime priority',
  }
  for (const [name, label] of Object.entries(names)) {
    const [, soft, top] = new RegExp(`^Max ${label}\\s+(\\S+)\\s+(\\S+)`, 'm').exec(text) ?? []
    assert.deepEqual(actual.rlimits[name]?.map(String), [soft, top], name)
  }
}

test('a default container', { skip }, async () => {
  const actual = await report('run', 'tiny')
  assert.partialDeepStrictEqual(actual, { ...identity, ...alone, terminal: null, args: ['probe', 'report'] })
  assertStatus(actual, rootStatus)
  assertNamespaces(actual, ['user', 'time', 'time_for_children'])
  assertPipes(actual)
  assert.deepEqual(simplify(actual.mounts), defaultMounts)
  assert.deepEqual(actual.devices, defaultDevices)
  assertLimits(actual)
  assert.match(actual.hostname, /^[0-9a-f]{12}$/)
  assert.deepEqual(actual.env, [PATH, `HOSTNAME=${actual.hostname}`, 'HOME=/root'])
  assert.ok(Array.isArray(actual.cgroups) && actual.cgroups.every((line) => String(line).endsWith(':/')), 'its own cgroup is the top')
  assert.ok(Array.isArray(actual.networkDevices))
  assert.deepEqual(
    actual.networkDevices.slice(2).map((line) => String(line).trim().split(':')[0]),
    ['lo'],
  )
})

test('sysctls of its network, and masks that read as nothing', { skip }, async () => {
  const script = [
    'cat /proc/sys/net/ipv4/ping_group_range /proc/sys/net/ipv4/ip_unprivileged_port_start',
    'for file in keys kcore timer_list; do cat /proc/$file 2>/dev/null; done | wc -c; ls /sys/firmware /proc/acpi 2>/dev/null | grep -v : | grep -c .',
    'touch /sys/firmware/x 2>/dev/null; echo $?; echo 1 2>/dev/null > /proc/sys/kernel/core_pattern; echo $?',
  ].join(';')
  const { stdout } = await engine.pocker('run', 'tiny', 'sh', '-c', script)
  assert.equal(stdout, '0\t2147483647\n0\n0\n0\n1\n1\n')
})

test('a plain user has its own identity and no capability', { skip }, async () => {
  const actual = await report('run', '--user', '1000:1000', 'tiny')
  assert.partialDeepStrictEqual(actual, { ...alone, uid: 1000, gid: 1000, euid: 1000, egid: 1000, groups: [1000], umask: 0o022 })
  assertStatus(actual, {
    ...rootStatus,
    Uid: '1000\t1000\t1000\t1000',
    Gid: '1000\t1000\t1000\t1000',
    Groups: '1000 ',
    CapPrm: NONE,
    CapEff: NONE,
  })
  assertPipes(actual)
  assert.deepEqual(simplify(actual.mounts), defaultMounts)
  assert.deepEqual(actual.env, [PATH, `HOSTNAME=${actual.hostname}`, 'HOME=/home/user'])
})

test('a user by name has the groups of the image', { skip }, async () => {
  const actual = await report('run', '--user', 'user', '--group-add', '4711', 'tiny')
  assert.partialDeepStrictEqual(actual, { uid: 1000, gid: 1000 })
  assert.deepEqual(new Set(actual.groups as number[]), new Set([1000, 2000, 4711]))
})

test('exec is no less confined than its container', { skip }, async () => {
  const { stdout } = await engine.pocker('run', '-d', 'tiny', 'probe', 'sleep-forever')
  const actual = await report('exec', stdout.trim())
  assert.partialDeepStrictEqual(actual, { ...identity, ppid: 0, cwd: '/', terminal: null, oomScoreAdj: ['0'] })
  assert.notEqual(actual.pid, 1)
  assert.equal(actual.sid, actual.pid)
  assertStatus(actual, { ...rootStatus, NSpid: String(actual.pid) })
  assertNamespaces(actual, ['user', 'time', 'time_for_children'])
  assertPipes(actual)
  assert.deepEqual(simplify(actual.mounts), defaultMounts)
  assert.deepEqual(actual.devices, defaultDevices)
  assertLimits(actual)
  assert.deepEqual(actual.env, [PATH, `HOSTNAME=${actual.hostname}`, 'HOME=/root'])
  assert.ok(Array.isArray(actual.cgroups) && actual.cgroups.every((line) => String(line).endsWith(':/')), 'in the cgroups of its container')

  const user = await report('exec', '--user', 'user', '--workdir', '/tmp', stdout.trim())
  assert.partialDeepStrictEqual(user, { uid: 1000, gid: 1000, cwd: '/tmp' })
  assertStatus(user, { CapPrm: NONE, CapEff: NONE, CapInh: NONE, CapAmb: NONE, CapBnd: FOURTEEN, Seccomp: '2' })
})

test('privileged: everything the helper has, no filter, no mask, writable /sys', { skip }, async () => {
  const actual = await report('run', '--privileged', 'tiny')
  const held = /^CapBnd:\s+(\w+)/m.exec(readFileSync(`/proc/${engine.helper.pid()}/status`, 'utf8'))?.[1] ?? ''
  assert.partialDeepStrictEqual(actual, { ...identity, ...alone })
  const { Seccomp_filters: _, ...status } = rootStatus
  assertStatus(actual, { ...status, CapPrm: held, CapEff: held, CapBnd: held, Seccomp: '0' })
  assertNamespaces(actual, ['user', 'time', 'time_for_children'])
  assertPipes(actual)
  assert.deepEqual(simplify(actual.mounts), [
    ...generated,
    '/ rw,relatime overlay',
    procMount,
    sysMount('rw'),
    ...cgroupMounts('rw'),
    ...devMounts,
  ])
  assert.partialDeepStrictEqual(actual.devices, defaultDevices)
  const nodes = list('/dev').filter(
    (entry) => 'isCharacterDevice' in entry && typeof entry.isCharacterDevice === 'function' && entry.isCharacterDevice(),
  )
  // The host's console is not handed on: a container has its own or none.
  assert.deepEqual(
    nodes
      .map(({ name }) => name)
      .filter((name) => !(name in actual.devices))
      .filter((name) => name !== 'console' && name !== 'ptmx'),
    [],
  )
})

test('a terminal is of its own devpts, controls its session, and is on all three', { skip }, async () => {
  const { stdout: id } = await engine.pocker('run', '-d', '-t', '--user', 'user', 'tiny', 'probe', 'report')
  assert.equal((await engine.pocker('wait', id.trim())).stdout, '0\n')
  const actual: Report = JSON.parse((await engine.pocker('logs', id.trim())).stdout)
  assert.partialDeepStrictEqual(actual, { ...alone, terminal: '/dev/pts/0', foregroundGroup: 1 })
  assert.deepEqual(actual.descriptors, { 0: '/dev/pts/0', 1: '/dev/pts/0', 2: '/dev/pts/0' })
  const console = '/dev/console rw,nosuid,noexec,relatime devpts devpts rw,gid=5,mode=620,ptmxmode=666'
  const position = defaultMounts.indexOf(devMounts.at(-1) ?? '') + 1
  assert.deepEqual(simplify(actual.mounts), defaultMounts.toSpliced(position, 0, console))
  assert.deepEqual(actual.devices, { ...defaultDevices, console: 'c 0620 1000:5 136:0' })
  assert.ok(actual.env.includes('TERM=xterm'))
})

test('no-new-privileges holds, with the filter on', { skip }, async () => {
  assertStatus(await report('run', '--security-opt', 'no-new-privileges', 'tiny'), { ...rootStatus, NoNewPrivs: '1' })
})

test('a read-only root and the generated files in it are read-only, everything else is as before', { skip }, async () => {
  const actual = await report('run', '--read-only', 'tiny')
  const readOnly = (line: string) => (line.startsWith('/etc/') || line.startsWith('/ ') ? line.replace('rw', 'ro') : line)
  assert.deepEqual(simplify(actual.mounts), defaultMounts.map(readOnly))
})

/** E23: what the kernel would let root do, and a container may not; through each of the processor's ways in. */
const refused = [
  'socket(AF_ALG)',
  'socket(AF_VSOCK)',
  'unshare(CLONE_NEWUSER)',
  'unshare(CLONE_NEWNS)',
  'setns',
  'io_uring_setup',
  'userfaultfd',
  'keyctl',
  'add_key',
  'bpf',
  'perf_event_open',
  'mount',
  'umount2',
  'pivot_root',
  'fsopen',
  'open_tree',
  'move_mount',
  'mount_setattr',
  'open_by_handle_at',
  'kexec_load',
  'init_module',
  'finit_module',
  'delete_module',
  'reboot',
  'settimeofday',
  'clock_settime',
  'swapon',
  'quotactl',
  'syslog',
  'personality',
  'kcmp',
  'pidfd_getfd',
  'lookup_dcookie',
  'iopl',
]

test('E23: the calls that a container does not need are refused', { skip }, async () => {
  const { stdout } = await engine.pocker('run', 'tiny', 'probe', 'syscalls')
  const answers: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(stdout)
  for (const way of ['native', ...(process.arch === 'x64' ? ['i386'] : [])]) {
    const answer = answers[way] ?? {}
    for (const name of refused) {
      if (name in answer) assert.equal(answer[name], 'EPERM', `${way} ${name}`)
    }
    assert.equal(answer.clone3, 'ENOSYS', way)
    assert.equal(answer.getpid, 'ok', way)
    assert.equal(answer['socket(AF_INET)'], 'ok', way)
  }
  if (process.arch !== 'x64') return
  // Docker's filter leaves socketcall(AF_ALG) to AppArmor: its arguments lie in memory that a filter cannot read.
  assert.equal(answers.i386?.['socketcall(AF_INET)'], 'ok')
  for (const [name, answer] of Object.entries(answers.x32 ?? {})) assert.notEqual(answer, 'ok', `x32 ${name}`)
})
