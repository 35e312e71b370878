/** A launch that fails says at which step and why, and leaves nothing; one that does not, leaves only what it must. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PockerError } from '../../helper/api/errors.ts'
import { LaunchError } from '../../helper/container/launch/launch.ts'
import type { Spec } from '../../helper/container/oci.ts'
import type { StartOptions } from '../../helper/engine/containers/launcher.ts'
import { traceOf } from '../../helper/engine/containers/traces.ts'
import type { TemporaryFolder } from '../support/folders.ts'
import { countOwn, type LaunchPlace, makeLaunchPlace, noCgroup } from '../support/launching.ts'
import { makeRootfs, whyNoRootfs } from '../support/rootfs.ts'

const skip = whyNoRootfs() ?? (process.getuid?.() !== 0 && 'not root')
let root: TemporaryFolder

before(async () => {
  if (skip === false) root = await makeRootfs()
})
after(async () => {
  if (skip === false) await root[Symbol.asyncDispose]()
})

interface Failure {
  readonly name: string
  readonly step: string
  readonly call: string
  readonly cause: string
  readonly keeperGroups?: readonly string[]
  readonly spec?: (place: LaunchPlace, spec: Spec) => Spec
  readonly options?: (place: LaunchPlace) => Partial<StartOptions>
}

const bind = (source: string, destination: string) => ({ destination, type: 'bind', source, options: ['rbind', 'rprivate'] }) as const

const failures: readonly Failure[] = [
  { name: 'no folder for the log', step: 'openFiles', call: 'openat', cause: 'ENOENT', options: () => ({ log: '/nowhere/log' }) },
  {
    name: 'a limit that the kernel refuses',
    step: 'createCgroups',
    call: 'write',
    cause: 'EINVAL',
    options: () => ({ cgroup: { ...noCgroup, writes: [{ file: '/proc/self/oom_score_adj', value: 'much' }] } }),
  },
  {
    name: 'a keeper that cannot leave its group',
    step: 'startKeeper',
    call: 'write',
    cause: 'EINVAL',
    keeperGroups: ['/proc/self/clear_refs'],
  },
  {
    name: 'a group that cannot be joined',
    step: 'joinCgroups',
    call: 'openat',
    cause: 'ENOENT',
    options: () => ({ cgroup: { ...noCgroup, join: ['/sys/fs/cgroup/nowhere/tasks'] } }),
  },
  {
    name: 'a bind source that has vanished',
    step: 'createMountNamespace',
    call: 'open_tree',
    cause: 'ENOENT',
    spec: (place, spec) => ({ ...spec, mounts: [...spec.mounts, bind(join(place.path, 'gone'), '/data')] }),
  },
  {
    name: 'a file that became a folder after it was looked at',
    step: 'mountVolumes',
    call: 'move_mount',
    cause: 'EINVAL',
    spec: (place, spec) => {
      mkdirSync(join(place.path, 'folder'))
      return { ...spec, mounts: [...spec.mounts, bind(join(place.path, 'folder'), '/data')] }
    },
    options: () => ({ isFolder: () => false }),
  },
  {
    name: 'no mount point',
    step: 'createRootFolder',
    call: 'mount',
    cause: 'ENOENT',
    options: (place) => {
      rmSync(join(place.path, 'root'), { recursive: true })
      return {}
    },
  },
  {
    name: 'no overlay work folder',
    step: 'createRootFolder',
    call: 'mount',
    cause: 'ENOENT',
    options: (place) => {
      rmSync(join(place.path, 'work'), { recursive: true })
      return {}
    },
  },
  {
    name: 'a sysctl that this kernel does not have',
    step: 'createProcFolder',
    call: 'openat2',
    cause: 'ENOENT',
    spec: (_, spec) => ({ ...spec, linux: { ...spec.linux, sysctl: { 'net.ipv4.nothing': '1' } } }),
  },
  {
    name: 'a host name that is too long',
    step: 'setHostname',
    call: 'sethostname',
    cause: 'EINVAL',
    spec: (_, spec) => ({ ...spec, hostname: 'x'.repeat(65) }),
  },
  {
    name: 'a limit that is below itself',
    step: 'restrict',
    call: 'prlimit64',
    cause: 'EINVAL',
    spec: (_, spec) => ({ ...spec, process: { ...spec.process, rlimits: [{ type: 'RLIMIT_CORE', soft: 2, hard: 1 }] } }),
  },
]

for (const terminal of [false, true]) {
  for (const failure of failures) {
    test(`fails at ${failure.step}: ${failure.name}${terminal ? ', with a terminal' : ''}`, { skip, timeout: 20_000 }, async () => {
      await using place = makeLaunchPlace(failure.keeperGroups)
      const options = place.options({ openStdin: true, ...failure.options?.(place) })
      const base = place.spec(root.path, { terminal })
      const spec = failure.spec?.(place, base) ?? base
      const launch = (): Promise<unknown> =>
        place.launcher.start(spec, options).then(
          () => undefined,
          (error: unknown) => error,
        )
      await launch() // Once for what stays: the keeper's program.
      const before = countOwn()
      const error = await launch()
      assert.ok(error instanceof PockerError && error.cause instanceof LaunchError, String(error))
      const { step, cause } = error.cause
      assert.deepEqual([step, cause.call, cause.code], [failure.step, failure.call, failure.cause])
      assert.deepEqual(countOwn(), before)
    })
  }
}

test('a command that cannot be executed: each way has its code, and nothing is left', { skip, timeout: 30_000 }, async () => {
  await using place = makeLaunchPlace()
  writeFileSync(join(place.path, 'upper/text'), 'no program', { mode: 0o755 })
  writeFileSync(join(place.path, 'upper/closed'), '', { mode: 0o644 })
  for (const [program, code] of [
    ['nothing', 'command-not-found'],
    ['/nothing', 'command-not-found'],
    ['/text', 'command-not-executable'],
    ['/closed', 'command-not-executable'],
    ['/bin', 'command-not-executable'],
  ] as const) {
    for (const terminal of [false, true]) {
      const spec = place.spec(root.path, { args: [program], terminal })
      const attempt = () => place.launcher.start(spec, place.options())
      await assert.rejects(attempt)
      const before = countOwn()
      await assert.rejects(attempt, (error) => error instanceof PockerError && error.code === code)
      assert.deepEqual(countOwn(), before)
    }
  }
})

test('200 launches leave descriptors, mounts and processes as they were', { skip, timeout: 60_000 }, async () => {
  await using place = makeLaunchPlace()
  const run = async (terminal: boolean, init: boolean): Promise<void> => {
    const spec = place.spec(root.path, { terminal, config: { Init: init }, args: ['/bin/probe', 'exit', '7'] })
    const { running, confirmed } = await place.launcher.start(spec, place.options({ openStdin: true }))
    await confirmed
    assert.equal((await running.exited)?.code, 7)
    running.close()
  }
  for (let count = 0; count < 8; count++) await run(count % 2 === 1, count % 4 > 1)
  const before = countOwn()
  for (let count = 0; count < 200; count++) await run(count % 2 === 1, count % 4 > 1)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(countOwn(), before)
})

test('an OOM score in a shared pid namespace is the container’s alone, however busy the machine is', {
  skip,
  timeout: 120_000,
}, async () => {
  await using place = makeLaunchPlace()
  const own = readFileSync('/proc/self/oom_score_adj', 'latin1')
  const spec = place.spec(root.path, { args: ['/bin/probe', 'sleep-forever'], config: { PidMode: 'host', OomScoreAdj: 321 } })
  const others = Array.from({ length: 2 * availableParallelism() }, () => spawn('sh', ['-c', 'while :; do :; done']))
  try {
    for (let count = 0; count < 200; count++) {
      const { running, confirmed } = await place.launcher.start(spec, place.options())
      await confirmed
      const scores = [running.pid, process.pid].map((pid) => readFileSync(`/proc/${pid}/oom_score_adj`, 'latin1'))
      running.signal(9)
      await place.finish(running)
      assert.deepEqual(scores, ['321\n', own])
    }
  } finally {
    for (const other of others) {
      const ended = once(other, 'exit')
      other.kill('SIGKILL')
      await ended
    }
  }
})

test('a timed launch tells how long each step took, in the order in which they were made', { skip }, async () => {
  await using place = makeLaunchPlace()
  const { running, trace } = await place.launcher.start(place.spec(root.path), place.options({ timed: true }))
  await running.exited
  running.close()
  const told = traceOf(trace)
  const steps = told.steps.map(({ step }) => step)
  for (const step of [
    'openFiles',
    'startKeeper',
    'startContainer',
    'joinNamespaces',
    'createMountNamespace',
    'createRootFolder',
    'changeRoot',
    'restrict',
    'execute',
  ]) {
    assert.ok(steps.includes(step), step)
  }
  assert.ok(steps.indexOf('createRootFolder') < steps.indexOf('changeRoot') && steps.indexOf('changeRoot') < steps.indexOf('restrict'))
  assert.ok(told.steps.every(({ microseconds }) => microseconds >= 0 && microseconds < 60e6))
  assert.equal(told.steps.length, trace.times.length)
  const total = told.steps.reduce((sum, { microseconds }) => sum + microseconds, 0)
  assert.ok(Math.abs(total - told.total) < 0.01)
  const step = (name: string) => told.steps.find((found) => found.step === name)
  assert.deepEqual([step('openFiles')?.part, step('startContainer')?.part, step('changeRoot')?.part], ['helper', 'keeper', 'container'])
  assert.deepEqual(
    step('changeRoot')?.calls.map(({ call, operands }) => `${call}(${operands})`),
    ['fchdir(<root>)', 'pivot_root(".", ".")', 'umount2(".", MNT_DETACH)', 'chdir("/")'],
  )
  assert.ok(step('startContainer')?.calls.some(({ call, operands }) => call === 'clone3' && operands.includes('CLONE_NEWPID')))
})
