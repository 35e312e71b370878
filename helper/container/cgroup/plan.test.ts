import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CgroupHost } from './host.ts'
import { planCgroup } from './plan.ts'
import { legacyWrites } from './writes-v1.ts'

const v1: CgroupHost = {
  mode: 'v1',
  mounts: new Map(
    Object.entries({
      cpu: '/cg/cpu,cpuacct',
      cpuacct: '/cg/cpu,cpuacct',
      cpuset: '/cg/cpuset',
      memory: '/cg/memory',
      devices: '/cg/devices',
      freezer: '/cg/freezer',
      blkio: '/cg/blkio',
      pids: '/cg/pids',
      'name=systemd': '/cg/systemd',
    }),
  ),
  unifiedControllers: [],
}
const v2: CgroupHost = { mode: 'v2', mounts: new Map(), unified: '/cg', unifiedControllers: ['cpu', 'cpuset', 'io', 'memory', 'pids'] }
const path = '/pocker/c1'
const devices = [
  { allow: false, type: 'a', access: 'rwm' },
  { allow: true, type: 'c', major: 1, minor: 3, access: 'rwm' },
  { allow: true, type: 'c', major: 136, access: 'rwm' },
  { allow: true, type: 'b', access: 'm' },
] as const
const everything = {
  devices,
  memory: { limit: 100, reservation: 50, swap: 300, swappiness: 10, disableOOMKiller: true },
  cpu: { shares: 1024, quota: 50000, period: 100000, cpus: '0', mems: '0' },
  pids: { limit: 20 },
  blockIO: { weight: 500, throttleReadBps: [{ major: 8, minor: 0, rate: 1 }], throttleWriteIops: [{ major: 8, minor: 0, rate: 2 }] },
}

test('a v1 container without limits joins all but cpuset', () => {
  const plan = planCgroup(v1, { path, resources: { devices: [] } })

  assert.deepEqual(
    plan.folders,
    ['cpu,cpuacct', 'blkio', 'devices', 'freezer', 'pids', 'memory'].map((name) => `/cg/${name}${path}`),
  )
  assert.deepEqual(
    plan.join,
    plan.folders.map((folder) => `${folder}/tasks`),
  )
  assert.deepEqual(plan.writes, [])
  assert.deepEqual(plan.mounts[0], { type: 'cgroup', name: 'cpu,cpuacct', options: 'cpu,cpuacct', path: '/cg/cpu,cpuacct/pocker/c1' })
  assert.deepEqual(plan.links, [
    { name: 'cpu', target: 'cpu,cpuacct' },
    { name: 'cpuacct', target: 'cpu,cpuacct' },
  ])
  assert.deepEqual(plan.deviceRules, [])
})

test('a v1 container with every limit makes its writes in order', () => {
  const plan = planCgroup(v1, { path, resources: everything, blockWeight: 'blkio.bfq.weight' })

  assert.equal(plan.folders[0], '/cg/cpuset/pocker/c1')
  assert.deepEqual(
    plan.writes.map(({ file, value }) => `${file.replace('/pocker/c1', '')} ${value}`),
    [
      '/cg/memory/memory.limit_in_bytes 100',
      '/cg/memory/memory.memsw.limit_in_bytes 300',
      '/cg/memory/memory.soft_limit_in_bytes 50',
      '/cg/memory/memory.swappiness 10',
      '/cg/memory/memory.oom_control 1',
      '/cg/cpu,cpuacct/cpu.shares 1024',
      '/cg/cpu,cpuacct/cpu.cfs_period_us 100000',
      '/cg/cpu,cpuacct/cpu.cfs_quota_us 50000',
      '/cg/cpuset/cpuset.cpus 0',
      '/cg/cpuset/cpuset.mems 0',
      '/cg/pids/pids.max 20',
      '/cg/blkio/blkio.bfq.weight 500',
      '/cg/blkio/blkio.throttle.read_bps_device 8:0 1',
      '/cg/blkio/blkio.throttle.write_iops_device 8:0 2',
      '/cg/devices/devices.deny a',
      '/cg/devices/devices.allow c 1:3 rwm',
      '/cg/devices/devices.allow c 136:* rwm',
      '/cg/devices/devices.allow b *:* m',
    ],
  )
})

test('a v2 container with every limit makes its writes in order', () => {
  const plan = planCgroup(v2, { path, resources: everything, blockWeight: 'io.weight' })

  assert.deepEqual(plan.folders, ['/cg/pocker/c1'])
  assert.deepEqual(plan.join, ['/cg/pocker/c1/cgroup.procs'])
  assert.deepEqual(
    plan.writes.map(({ file, value }) => `${file.replace('/cg/pocker/c1/', '')} ${value}`),
    [
      'memory.max 100',
      'memory.swap.max 200',
      'memory.low 50',
      'cpu.weight 100',
      'cpu.max 50000 100000',
      'cpuset.cpus 0',
      'cpuset.mems 0',
      'pids.max 20',
      'io.weight 4950',
      'io.max 8:0 rbps=1',
      'io.max 8:0 wiops=2',
    ],
  )
  assert.deepEqual(plan.deviceRules, devices)
  assert.deepEqual(plan.mounts, [{ type: 'cgroup2', name: '', options: '', path: '/cg/pocker/c1' }])
})

test('a container that may use every device needs no rules', () => {
  const resources = { devices: [{ allow: true, type: 'a', access: 'rwm' }] } as const

  assert.deepEqual(planCgroup(v2, { path, resources }).deviceRules, [])
  assert.deepEqual(planCgroup(v1, { path, resources }).writes, [])
})

test('the limit that grows is written first', () => {
  const files = (swap: number, current?: number) =>
    legacyWrites(() => '', { path, resources: { devices: [], memory: { limit: 1, swap } } }, current).map(({ file }) => file)

  assert.deepEqual(files(200, 100), ['/memory.memsw.limit_in_bytes', '/memory.limit_in_bytes'])
  assert.deepEqual(files(-1, 100), ['/memory.memsw.limit_in_bytes', '/memory.limit_in_bytes'])
  assert.deepEqual(files(50, 100), ['/memory.limit_in_bytes', '/memory.memsw.limit_in_bytes'])
  assert.deepEqual(files(50), ['/memory.limit_in_bytes', '/memory.memsw.limit_in_bytes'])
})

test('a path out of the parent is refused', () => {
  assert.throws(() => planCgroup(v1, { path: '/pocker/../x', resources: { devices: [] } }), { code: 'cgroup-path-invalid' })
})
