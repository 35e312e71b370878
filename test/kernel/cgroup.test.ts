/** Control groups on this host's real hierarchies, below a group of the test's own. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { after, before, type TestContext, test } from 'node:test'
import { type Cgroup, cgroupAt, cgroupExists, cgroupFolders, controllerFolder, joinFiles } from '../../helper/container/cgroup/cgroup.ts'
import { readControl, writeControl } from '../../helper/container/cgroup/control-file.ts'
import type { CgroupFeatures } from '../../helper/container/cgroup/features.ts'
import { freezeCgroup, isFrozen, thawCgroup } from '../../helper/container/cgroup/freezer.ts'
import { type CgroupHost, readCgroupHost } from '../../helper/container/cgroup/host.ts'
import { killCgroup } from '../../helper/container/cgroup/kill.ts'
import { oomKills } from '../../helper/container/cgroup/oom.ts'
import { planCgroup } from '../../helper/container/cgroup/plan.ts'
import { prepareCgroups } from '../../helper/container/cgroup/prepare.ts'
import { cgroupProcesses } from '../../helper/container/cgroup/processes.ts'
import { removeCgroup } from '../../helper/container/cgroup/remove.ts'
import { readStats, StatsReader } from '../../helper/container/cgroup/stats.ts'
import { SystemCpuReader } from '../../helper/container/cgroup/system-cpu.ts'
import { updateCgroup } from '../../helper/container/cgroup/update.ts'
import type { Resources } from '../../helper/container/oci.ts'

const MB = 1024 * 1024
const parent = `/pocker-test-${process.pid}`
const host = readCgroupHost({
  mountinfo: readFileSync('/proc/self/mountinfo', 'utf8'),
  readControllers: (mountpoint) => readFileSync(`${mountpoint}/cgroup.controllers`, 'utf8'),
})
// A hybrid host's v2 hierarchy has the core files (freeze, kill, events), which is enough to test those for v2.
const hosts = new Map<string, CgroupHost>([[host.mode, host]])
if (host.mode === 'hybrid' && host.unified !== undefined) {
  hosts.set('v2', { mode: 'v2', mounts: new Map(), unified: host.unified, unifiedControllers: [] })
}
const legacy = { skip: host.mode === 'v2' ? 'this host has no v1 controllers' : false }
const unified = { skip: host.mode === 'v2' ? false : 'this host has v1 controllers' }
const memory = {
  skip: host.mounts.has('memory') || host.unifiedControllers.includes('memory') ? false : 'this host has no memory controller',
}
let features: CgroupFeatures

before(() => {
  features = prepareCgroups(host, parent)
})

after(async () => {
  await removeCgroup(cgroupAt(host, parent))
  assert.equal(cgroupExists(cgroupAt(host, parent)), false)
})

let count = 0

function makeGroup(context: TestContext, resources: Partial<Resources> = {}, on: CgroupHost = host): Cgroup {
  const cgroup = cgroupAt(on, `${parent}/c${++count}`)
  const plan = planCgroup(on, { path: cgroup.path, resources: { devices: [], ...resources }, blockWeight: features.blockWeight })
  context.after(async () => {
    await killCgroup(cgroup)
    await removeCgroup(cgroup)
    assert.equal(cgroupExists(cgroup), false)
  })
  for (const folder of plan.folders) mkdirSync(folder)
  for (const { file, value } of plan.writes) writeControl(file, value)
  return cgroup
}

/** A process in the group that runs `script` after it has joined. */
function startIn(cgroup: Cgroup, script: string): ChildProcess & { readonly pid: number } {
  const child = spawn('/bin/sh', ['-c', `read go; ${script}`], { stdio: ['pipe', 'ignore', 'ignore'] })
  const { pid } = child
  assert.ok(pid !== undefined)
  for (const file of joinFiles(cgroup, pid)) writeControl(file, String(pid))
  child.stdin?.end('\n')
  return Object.assign(child, { pid })
}

const readFile = (cgroup: Cgroup, controller: string, file: string) => readControl(`${controllerFolder(cgroup, controller)}/${file}`)
const groupsOf = (pid: number) => readFileSync(`/proc/${pid}/cgroup`, 'utf8')

test('preparing twice changes nothing', () => {
  assert.deepEqual(prepareCgroups(host, parent), features)
})

test('v1 limits are read back from the kernel', legacy, (context) => {
  const cgroup = makeGroup(context, {
    memory: { limit: 64 * MB, swap: 128 * MB, reservation: 32 * MB, swappiness: 10 },
    cpu: { shares: 512, quota: 50000, period: 200000, cpus: '0' },
    pids: { limit: 20 },
    ...(features.blockWeight !== undefined && { blockIO: { weight: 300 } }),
  })

  assert.equal(readFile(cgroup, 'memory', 'memory.limit_in_bytes'), String(64 * MB))
  assert.equal(readFile(cgroup, 'memory', 'memory.memsw.limit_in_bytes'), String(128 * MB))
  assert.equal(readFile(cgroup, 'memory', 'memory.soft_limit_in_bytes'), String(32 * MB))
  assert.equal(readFile(cgroup, 'memory', 'memory.swappiness'), '10')
  assert.equal(readFile(cgroup, 'cpu', 'cpu.shares'), '512')
  assert.equal(readFile(cgroup, 'cpu', 'cpu.cfs_quota_us'), '50000')
  assert.equal(readFile(cgroup, 'cpu', 'cpu.cfs_period_us'), '200000')
  assert.equal(readFile(cgroup, 'cpuset', 'cpuset.cpus'), '0')
  assert.equal(readFile(cgroup, 'cpuset', 'cpuset.mems'), features.cpuset?.mems)
  assert.equal(readFile(cgroup, 'pids', 'pids.max'), '20')
})

test('v2 limits are read back from the kernel', unified, (context) => {
  const cgroup = makeGroup(context, {
    memory: { limit: 64 * MB, reservation: 32 * MB, ...(features.swap && { swap: 96 * MB }) },
    cpu: { shares: 512, quota: 50000, period: 200000, cpus: '0', mems: '0' },
    pids: { limit: 20 },
    ...(features.blockWeight !== undefined && { blockIO: { weight: 1000 } }),
  })
  const read = (file: string) => readFile(cgroup, '', file)

  assert.equal(read('memory.max'), String(64 * MB))
  assert.equal(read('memory.low'), String(32 * MB))
  assert.ok(!features.swap || read('memory.swap.max') === String(32 * MB))
  assert.equal(read('cpu.weight'), '59')
  assert.equal(read('cpu.max'), '50000 200000')
  assert.equal(read('cpuset.cpus'), '0')
  assert.equal(read('pids.max'), '20')
  assert.ok(features.blockWeight !== 'io.weight' || read('io.weight') === 'default 10000')
})

test('v1 device rules leave only what they allow', legacy, (context) => {
  const cgroup = makeGroup(context, {
    devices: [
      { allow: false, type: 'a', access: 'rwm' },
      { allow: true, type: 'c', major: 1, minor: 3, access: 'rw' },
      { allow: true, type: 'b', access: 'm' },
    ],
  })

  assert.equal(readFile(cgroup, 'devices', 'devices.list'), 'c 1:3 rw\nb *:* m')
})

test('a process joins every group of the plan and is listed', (context) => {
  const cgroup = makeGroup(context)
  const { pid } = startIn(cgroup, 'exec sleep 100')

  assert.deepEqual(cgroupProcesses(cgroup), [pid])
  const joined = groupsOf(pid)
    .split('\n')
    .filter((line) => line.endsWith(cgroup.path))
  assert.equal(joined.length, cgroupFolders(cgroup).filter((folder) => existsSync(folder)).length)
})

test('the processes of groups below are listed too', (context) => {
  const cgroup = makeGroup(context)
  const { pid } = startIn(cgroup, 'exec sleep 100')
  const below = cgroupAt(host, `${cgroup.path}/below`)
  for (const folder of cgroupFolders(cgroup)) if (existsSync(folder)) mkdirSync(`${folder}/below`)
  for (const folder of cgroupFolders(below)) if (existsSync(folder)) writeControl(`${folder}/cgroup.procs`, String(pid))

  assert.deepEqual(cgroupProcesses(cgroup), [pid])
})

for (const [mode, each] of hosts) {
  test(`${mode}: a frozen process stands still until it is thawed`, async (context) => {
    const cgroup = makeGroup(context, {}, each)
    const { pid } = startIn(cgroup, 'while :; do :; done')

    await freezeCgroup(cgroup)
    assert.equal(isFrozen(cgroup), true)
    const frozenAt = cpuTicks(pid)
    assert.match(readFileSync(`/proc/${pid}/stat`, 'utf8'), /\) [DS] /)
    const system = new SystemCpuReader()
    context.after(() => system.close())
    const before = system.read().usage
    while (system.read().usage < before + 50e6) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(cpuTicks(pid), frozenAt)

    await thawCgroup(cgroup)
    assert.equal(isFrozen(cgroup), false)
    assert.match(readFileSync(`/proc/${pid}/stat`, 'utf8'), /\) R /)
  })

  test(`${mode}: killing ends all processes, frozen ones too`, async (context) => {
    const cgroup = makeGroup(context, {}, each)
    const first = startIn(cgroup, 'sleep 100 & sleep 100 & wait')
    const second = startIn(cgroup, 'exec sleep 100')
    const ends = Promise.all([once(first, 'exit'), once(second, 'exit')])
    await freezeCgroup(cgroup)

    await killCgroup(cgroup)

    assert.deepEqual(cgroupProcesses(cgroup), [])
    assert.deepEqual(
      (await ends).map(([, signal]) => signal),
      ['SIGKILL', 'SIGKILL'],
    )
  })

  test(`${mode}: killing outruns processes that replace themselves without end`, async (context) => {
    const cgroup = makeGroup(context, {}, each)
    // One process at a time, each with a new pid: a list of pids is old before it is read.
    const relay = startIn(cgroup, 'f() { f & }; f')
    await once(relay, 'exit')
    assert.notEqual(readFileSync(`${groupFolder(cgroup)}/cgroup.procs`, 'utf8'), '')

    await killCgroup(cgroup)

    assert.deepEqual(cgroupProcesses(cgroup), [])
  })
}

test('a process over its memory limit is killed and counted', memory, async (context) => {
  const cgroup = makeGroup(context, { memory: { limit: 16 * MB, ...(features.swap && { swap: 16 * MB }) } })
  const eater = startIn(cgroup, 'head -c 64m /dev/zero | tail')

  await once(eater, 'exit')

  // The kernel chooses its victim, and may take the shell after the tail.
  assert.ok(oomKills(cgroup) >= 1)
})

test('v2 limits of a running container grow and shrink', unified, async (context) => {
  const cgroup = makeGroup(context, { memory: { limit: 64 * MB }, pids: { limit: 20 } })
  startIn(cgroup, '{ head -c 32m /dev/zero; sleep 100; } | tail -c 32m')
  await memoryInUse(cgroup, 'memory.current')

  updateCgroup(cgroup, { resources: { memory: { limit: 128 * MB }, pids: { limit: -1 } } })
  assert.equal(readFile(cgroup, '', 'memory.max'), String(128 * MB))
  assert.equal(readFile(cgroup, '', 'pids.max'), 'max')
  assert.throws(() => updateCgroup(cgroup, { resources: { memory: { limit: 8 * MB } } }), { code: 'memory-limit-in-use' })
  assert.equal(oomKills(cgroup), 0)
})

test('limits of a running container grow and shrink', legacy, (context) => {
  const cgroup = makeGroup(context, { memory: { limit: 32 * MB, swap: 64 * MB }, pids: { limit: 20 } })
  startIn(cgroup, 'exec sleep 100')
  const limits = () =>
    [readFile(cgroup, 'memory', 'memory.limit_in_bytes'), readFile(cgroup, 'memory', 'memory.memsw.limit_in_bytes')].map(Number)

  updateCgroup(cgroup, { resources: { memory: { limit: 128 * MB, swap: 256 * MB }, pids: { limit: -1 } } })
  assert.deepEqual(limits(), [128 * MB, 256 * MB])
  assert.equal(readFile(cgroup, 'pids', 'pids.max'), 'max')

  updateCgroup(cgroup, { resources: { memory: { limit: 16 * MB, swap: 16 * MB } } })
  assert.deepEqual(limits(), [16 * MB, 16 * MB])
})

test('a cpuset that comes late takes the processes with it', legacy, (context) => {
  const cgroup = makeGroup(context)
  const { pid } = startIn(cgroup, 'sleep 100 & wait')

  updateCgroup(cgroup, { resources: { cpu: { cpus: '0' } } })

  assert.match(groupsOf(pid), new RegExp(`cpuset:${cgroup.path}`))
  assert.match(readFileSync(`/proc/${pid}/status`, 'utf8'), /^Cpus_allowed_list:\t0$/m)
  assert.ok(joinFiles(cgroup, pid).some((file) => file.includes('cpuset')))
})

test('a memory limit below the usage is refused and changes nothing', legacy, async (context) => {
  const cgroup = makeGroup(context)
  // The tail holds 32 MB and then waits, as its input stays open.
  startIn(cgroup, '{ head -c 32m /dev/zero; sleep 100; } | tail -c 32m')
  await memoryInUse(cgroup, 'memory.usage_in_bytes')
  const before = readFile(cgroup, 'memory', 'memory.memsw.limit_in_bytes')

  assert.throws(() => updateCgroup(cgroup, { resources: { memory: { limit: 8 * MB, swap: 8 * MB }, pids: { limit: 5 } } }), {
    code: 'memory-limit-in-use',
  })
  assert.equal(readFile(cgroup, 'memory', 'memory.memsw.limit_in_bytes'), before)
  assert.equal(readFile(cgroup, 'pids', 'pids.max'), 'max')
})

test('a value that the kernel refuses is an invalid parameter', legacy, (context) => {
  const cgroup = makeGroup(context)

  assert.throws(() => updateCgroup(cgroup, { resources: { cpu: { quota: 1 } } }), { code: 'limit-refused', kind: 'InvalidParameter' })
})

test('a running container has numbers, and none when it is gone', async (context) => {
  const cgroup = makeGroup(context, memory.skip ? {} : { memory: { limit: 64 * MB }, pids: { limit: 7 } })
  const worker = startIn(cgroup, 'head -c 16m /dev/zero | tail -c 8m > /dev/null; exec sleep 100')
  using reader = new StatsReader(cgroup)
  const system = new SystemCpuReader()
  context.after(() => system.close())

  const first = reader.read(system.read())
  assert.ok(first !== undefined)
  while ((reader.read(system.read())?.cpu.cpu_usage.total_usage ?? 0) <= first.cpu.cpu_usage.total_usage) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  const second = readStats(cgroup)

  assert.ok(second !== undefined && second.at >= first.at)
  assert.equal(second.cpu.online_cpus, availableParallelism())
  assert.ok(second.cpu.system_cpu_usage > second.cpu.cpu_usage.total_usage)
  assert.ok(memory.skip || second.memory.usage > 0)
  assert.ok(memory.skip || (second.memory.limit === 64 * MB && second.pids.limit === 7 && second.pids.current >= 1))
  const end = once(worker, 'exit')
  await killCgroup(cgroup)
  await end
  await removeCgroup(cgroup)
  assert.equal(reader.read(system.read()), undefined)
})

test('a group that was never made is gone already', async () => {
  const cgroup = cgroupAt(host, `${parent}/never`)

  assert.equal(cgroupExists(cgroup), false)
  assert.deepEqual(cgroupProcesses(cgroup), [])
  assert.equal(oomKills(cgroup), 0)
  assert.equal(readStats(cgroup), undefined)
  await killCgroup(cgroup)
  await removeCgroup(cgroup)
})

function groupFolder(cgroup: Cgroup): string {
  return controllerFolder(cgroup, 'pids') ?? assert.fail('the group does not exist')
}

/** Resolves when the group holds 32 MB; the kernel tells nobody, so it is asked. */
async function memoryInUse(cgroup: Cgroup, file: string): Promise<void> {
  while (Number(readFile(cgroup, 'memory', file)) < 32 * MB) await new Promise((resolve) => setTimeout(resolve, 5))
}

function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return Number(fields[11]) + Number(fields[12])
}
