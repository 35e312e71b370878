import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostConfig } from '../api/host-config.ts'
import type { Named } from '../linux/constants.ts'
import { type Call, Cell } from '../linux/program.ts'
import { describeOpen } from './launch/describe.ts'
import type { LaunchContext } from './launch-context.ts'
import type { Mount, Spec } from './oci.ts'
import { callsOf, cellOf, compareLines, exampleContext, exampleSpec, transcribe, v1 } from './plan.fixture.ts'
import { planContainer } from './plan.ts'

const configured = (HostConfig: HostConfig) => exampleSpec({ request: { Image: 'busybox', HostConfig } })
const bind = (source: string, destination: string, ...words: string[]): Mount => ({
  destination,
  type: 'bind',
  source,
  options: ['rbind', ...words],
})
const withBinds = exampleSpec({
  userMounts: [
    bind('/host/folder', '/data/in', 'rprivate', 'ro'),
    bind('/host/file', '/etc/app.conf', 'rslave'),
    bind('/host/folder2', '/shared', 'rshared'),
    { destination: '/cache', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'size=1m'] },
    { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['nosuid'] },
  ],
})

interface Variant {
  readonly name: string
  readonly spec: Spec
  readonly context?: Parameters<typeof exampleContext>[1]
}

const variants: readonly Variant[] = [
  { name: 'default, cgroup version 2', spec: exampleSpec() },
  { name: 'default, cgroup version 1', spec: exampleSpec(), context: { host: v1 } },
  { name: 'terminal', spec: exampleSpec({ request: { Image: 'busybox', Tty: true, HostConfig: { ConsoleSize: [24, 80] } } }) },
  { name: 'init and stdin', spec: configured({ Init: true }), context: { openStdin: true } },
  {
    name: 'read-only, plain user, no new privileges',
    spec: exampleSpec({
      request: {
        Image: 'busybox',
        WorkingDir: '/work/here',
        HostConfig: { ReadonlyRootfs: true, SecurityOpt: ['no-new-privileges'], AutoRemove: true },
      },
      user: { uid: 1000, gid: 1000, additionalGids: [1000, 4], home: '/' },
    }),
  },
  { name: 'binds and memory', spec: withBinds },
  { name: 'privileged', spec: configured({ Privileged: true }) },
  {
    name: 'shared namespaces',
    spec: configured({
      NetworkMode: 'container:other',
      PidMode: 'container:other',
      IpcMode: 'container:other',
      UTSMode: 'host',
      CgroupnsMode: 'host',
    }),
    context: { shared: new Map([['other', 50]]) },
  },
  { name: "the host's namespaces", spec: configured({ NetworkMode: 'host', PidMode: 'host', IpcMode: 'host', UTSMode: 'host' }) },
]

const planOf = ({ spec, context }: Variant) => planContainer(spec, exampleContext(spec, context))

for (const [index, variant] of variants.entries()) {
  test(index === 0 ? `the whole plan: ${variant.name}` : `what differs from the default plan: ${variant.name}`, (t) => {
    const lines = transcribe(planOf(variant).plan.program)
    const base = variants[0]
    const shown = base === undefined || index === 0 ? lines : compareLines(transcribe(planOf(base).plan.program), lines)
    t.assert.snapshot(shown.join('\n'), { serializers: [String] })
  })
}

/** The container's own process: all from its first step on. */
function containerCalls(variant: Variant): Call[] {
  const calls = callsOf(planOf(variant).plan.program)
  return calls.slice(calls.findIndex(({ step }) => step === 'joinCgroups'))
}

const MOUNTS = new Set(['mount', 'open_tree', 'move_mount', 'mount_setattr', 'pivot_root', 'umount2'])

for (const variant of variants) {
  const calls = containerCalls(variant)
  const first = (name: string) => calls.findIndex((call) => call.name === name)
  const last = (name: string) => calls.findLastIndex((call) => call.name === name)
  const restriction = calls.findIndex(({ step }) => step === 'restrict')

  test(`order: ${variant.name}`, () => {
    const firstMount = calls.findIndex(({ name }) => MOUNTS.has(name))
    assert.ok(first('umask') < firstMount, 'modes of what is made are as asked for')
    assert.ok(calls.findLastIndex(({ name }) => MOUNTS.has(name)) < restriction, 'nothing is mounted once it is restricted')
    assert.ok(first('close_range') >= 0 && first('close_range') < restriction)
    assert.ok(last('pivot_root') < last('umount2') && last('umount2') < restriction, 'the old root is gone')
    assert.ok(first('setgroups') < first('setresgid') && first('setresgid') < first('setresuid'), 'groups while still allowed to')
    assert.ok(last('setresuid') < first('capset'))
    assert.ok(last('openat2') > first('capset'), 'the working folder is entered as the user and with its rights')
    assert.match(calls.at(-3)?.name ?? '', /^exec/)
    assert.deepEqual(
      calls.slice(-2).map(({ name }) => name),
      ['getpid', 'exit_group'],
    )
  })

  test(`the filter: ${variant.name}`, () => {
    if (variant.spec.linux.seccomp === undefined) return assert.equal(first('seccomp'), -1)
    const noNewPrivileges = calls.findIndex(({ name, args }) => name === 'prctl' && textOf(args[0]) === 'PR_SET_NO_NEW_PRIVS')
    // Without no_new_privs only CAP_SYS_ADMIN allows it, so before the user and the capabilities change; with it, last of all.
    if (variant.spec.process.noNewPrivileges)
      assert.ok(noNewPrivileges >= 0 && noNewPrivileges < first('seccomp') && first('capset') < first('seccomp'))
    else assert.ok(noNewPrivileges < 0 && first('seccomp') < first('setresuid'))
  })

  test(`paths of the image are looked up beneath its root only: ${variant.name}`, () => {
    const root = calls.find(({ name, step }) => name === 'openat' && step === 'createRootFolder')?.result
    assert.ok(root instanceof Cell)
    const pivot = first('pivot_root')
    for (const call of calls.slice(0, pivot)) {
      for (const word of call.args) {
        assert.ok(
          typeof word !== 'string' ||
            !word.startsWith('/run/root') ||
            (call.name === 'mount' && word === '/run/root') ||
            (call.name === 'openat' && word === '/run/root'),
          `${call.name} ${word}`,
        )
      }
      if (call.name !== 'openat2') continue
      assert.notEqual(cellOf(call.args[0]), undefined, 'from a descriptor')
      const resolve = describeOpen(call.args[2])
      assert.match(resolve, /RESOLVE_IN_ROOT/)
      assert.match(resolve, /RESOLVE_NO_MAGICLINKS/)
    }
    for (const call of calls.slice(pivot)) {
      if (call.name === 'openat2') assert.match(describeOpen(call.args[2]), /RESOLVE_NO_MAGICLINKS/)
      assert.notEqual(call.name, 'openat')
    }
  })

  test(`host paths are opened by name only where no image has a say: ${variant.name}`, () => {
    const { mountPoint, log, status, cgroup, keeperGroups } = exampleContext(variant.spec, variant.context)
    const ours = new Set([
      mountPoint,
      log,
      status,
      '/dev/null',
      '/',
      '/proc/self/ns/mnt',
      '/proc/self/oom_score_adj',
      ...keeperGroups,
      ...cgroup.join,
      ...cgroup.folders,
      ...cgroup.writes.map(({ file }) => file),
    ])
    const names = callsOf(planOf(variant).plan.program)
      .filter(({ name }) => name === 'openat')
      .map(({ args }) => args[1])
    for (const name of names) assert.ok(typeof name === 'string' && ours.has(name), String(name))
  })

  test(`/proc, /sys and /dev must be ordinary folders: ${variant.name}`, () => {
    const places = new Set(['proc', 'sys', 'dev', 'sys/fs/cgroup', 'dev/null', 'dev/pts/ptmx'])
    for (const { name, args } of calls) {
      // Only the first look matters: afterwards a filesystem of the container's own lies there.
      if (name !== 'openat2' || typeof args[1] !== 'string' || !places.delete(args[1])) continue
      assert.match(describeOpen(args[2]), /RESOLVE_NO_SYMLINKS/)
    }
    assert.equal(places.has('proc'), false)
  })

  test(`every call belongs to a step: ${variant.name}`, () => {
    const steps = [...new Set(callsOf(planOf(variant).plan.program).map(({ step }) => step))]
    for (const step of steps) assert.match(step, /^[a-z][A-Za-z]+$/)
    assert.ok(steps.length >= 15)
  })
}

test('capabilities: whatever is not in the bounding set is dropped from it, nothing is inheritable or ambient', () => {
  for (const variant of variants) {
    const calls = containerCalls(variant)
    const dropped = calls.filter(({ name, args }) => name === 'prctl' && textOf(args[0]) === 'PR_CAPBSET_DROP').map(({ args }) => args[1])
    const kept = new Set<unknown>(variant.spec.process.capabilities.bounding)
    assert.deepEqual(
      dropped,
      Array.from({ length: 41 }, (_, number) => number).filter((number) => !kept.has(number)),
    )
    const sets = calls.find(({ name }) => name === 'capset')?.args[1]
    assert.ok(sets instanceof Uint8Array)
    const words = new Uint32Array(sets.slice().buffer)
    assert.deepEqual([words[2], words[5]], [0, 0])
    assert.ok(calls.some(({ args }) => textOf(args[1]) === 'PR_CAP_AMBIENT_CLEAR_ALL'))
  }
})

test('signals are blocked before the first clone and unblocked only at exec, or by the init', () => {
  for (const variant of variants) {
    const calls = callsOf(planOf(variant).plan.program)
    assert.equal(calls[0]?.name, 'rt_sigprocmask')
    const inContainer = containerCalls(variant).filter(({ name }) => name === 'rt_sigprocmask')
    assert.equal(inContainer.length, variant.spec.process.init ? 0 : 1)
    assert.ok(inContainer.every(({ step }) => step === 'execute'))
  }
})

test('bind mounts are finished while they are detached, then moved to their place', () => {
  const calls = containerCalls({ name: '', spec: withBinds })
  for (const [index, call] of calls.entries()) {
    if (call.step !== 'mountVolumes' || call.name !== 'move_mount') continue
    const mount = cellOf(call.args[0])
    const changes = calls
      .map((other, at) => (other.name === 'mount_setattr' && cellOf(other.args[0]) === mount ? at : -1))
      .filter((at) => at >= 0)
    assert.ok(changes.length > 0 && changes.every((at) => at < index))
  }
})

test('a timed plan reads the clock at every step and is the same otherwise', () => {
  const spec = exampleSpec()
  const plain = planContainer(spec, exampleContext(spec))
  const timed = planContainer(spec, exampleContext(spec, { timed: true } satisfies Partial<LaunchContext>))
  assert.ok(timed.plan.steps.length >= 15)
  assert.ok(plain.plan.steps.every(({ clock }) => clock === undefined) && timed.plan.steps.every(({ clock }) => clock !== undefined))
  // So that the words of the one fit the times of the other.
  const names = (plan: typeof plain.plan) => plan.steps.map(({ name, part }) => `${part} ${name}`)
  assert.deepEqual(names(timed.plan), names(plain.plan))
  const text = (program: typeof plain.plan.program) =>
    transcribe(program).filter((line) => !line.includes('CLOCK_MONOTONIC') && !line.startsWith('['))
  assert.deepEqual(text(timed.plan.program), text(plain.plan.program))
})

test('overlay options keep commas, colons and backslashes of folder names apart', () => {
  const spec = exampleSpec({
    layers: ['/a:b,c', '/d\\e'],
    folders: { upper: '/u,p:x', work: '/w', hosts: '/c/hosts', hostname: '/c/hostname', resolvConf: '/c/resolv.conf' },
  })
  const mount = containerCalls({ name: '', spec }).find(({ name, args }) => name === 'mount' && args[0] === 'overlay')
  assert.equal(mount?.args[4], 'lowerdir=/a\\:b\\,c:/d\\\\e,upperdir=/u\\,p:x,workdir=/w')
})

function textOf(word: unknown): string {
  return typeof word === 'object' && word !== null && 'text' in word ? String((word as Named).text) : ''
}
