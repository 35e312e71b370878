import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PockerError } from '../../api/errors.ts'
import type { CgroupFeatures } from './features.ts'
import { checkLimits, type HostLimits, type LimitContext } from './limits.ts'
import { mergeLimits } from './merge-limits.ts'

const MB = 1024 * 1024
const all: CgroupFeatures = {
  memory: true,
  swap: true,
  swappiness: true,
  reservation: true,
  oomKillDisable: true,
  cpuShares: true,
  cpuQuota: true,
  cpuset: { cpus: '0-1', mems: '0' },
  pids: true,
  blockWeight: 'io.weight',
  blockThrottle: true,
}
const nothing: CgroupFeatures = {
  memory: false,
  swap: false,
  swappiness: false,
  reservation: false,
  oomKillDisable: false,
  cpuShares: false,
  cpuQuota: false,
  pids: false,
  blockThrottle: false,
}
const context: LimitContext = {
  features: all,
  cpus: 2,
  purpose: 'create',
  blockDevice: (path) => (path === '/dev/sda' ? { major: 8, minor: 0 } : undefined),
}

test('no limits are no resources', () => {
  const limits = { Memory: 0, MemorySwappiness: -1, CpusetCpus: '', BlkioDeviceReadBps: [], OomKillDisable: false, MemorySwap: 0 }

  assert.deepEqual(checkLimits(limits, context), { resources: {}, limits, warnings: [] })
})

test('every limit becomes a resource', () => {
  const { resources, warnings } = checkLimits(
    {
      Memory: 64 * MB,
      MemoryReservation: 32 * MB,
      MemorySwappiness: 0,
      OomKillDisable: true,
      NanoCpus: 1.5e9,
      CpuShares: 512,
      CpusetCpus: '0-1',
      CpusetMems: '0',
      PidsLimit: 100,
      BlkioWeight: 300,
      BlkioDeviceWriteBps: [{ Path: '/dev/sda', Rate: 1024 }],
    },
    context,
  )

  assert.deepEqual(resources, {
    memory: { limit: 64 * MB, reservation: 32 * MB, swap: 128 * MB, swappiness: 0, disableOOMKiller: true },
    cpu: { shares: 512, period: 100000, quota: 150000, cpus: '0-1', mems: '0' },
    blockIO: { weight: 300, throttleWriteBps: [{ major: 8, minor: 0, rate: 1024 }] },
    pids: { limit: 100 },
  })
  assert.deepEqual(warnings, [])
})

const refused: readonly (readonly [string, HostLimits])[] = [
  ['memory-limit-too-small', { Memory: 6 * MB - 1 }],
  ['memory-limit-too-small', { Memory: -5 }],
  ['memory-swap-too-small', { Memory: 64 * MB, MemorySwap: 32 * MB }],
  ['memory-swap-without-memory', { MemorySwap: 32 * MB }],
  ['memory-swap-invalid', { Memory: 64 * MB, MemorySwap: -2 }],
  ['memory-reservation-too-large', { Memory: 64 * MB, MemoryReservation: 65 * MB }],
  ['memory-reservation-too-small', { MemoryReservation: MB }],
  ['memory-swappiness-invalid', { MemorySwappiness: 101 }],
  ['cpus-too-many', { NanoCpus: 2e9 + 1 }],
  ['cpus-invalid', { NanoCpus: -1 }],
  ['cpu-limits-conflict', { NanoCpus: 1e9, CpuQuota: 5000 }],
  ['cpu-limits-conflict', { NanoCpus: 1e9, CpuPeriod: 5000 }],
  ['cpu-period-invalid', { CpuPeriod: 999 }],
  ['cpu-quota-invalid', { CpuQuota: 999 }],
  ['cpu-shares-invalid', { CpuShares: -1 }],
  ['cpuset-invalid', { CpusetCpus: '0-x' }],
  ['cpuset-unavailable', { CpusetCpus: '0-2' }],
  ['cpuset-unavailable', { CpusetMems: '1' }],
  ['block-weight-invalid', { BlkioWeight: 9 }],
  ['block-weight-invalid', { BlkioWeight: 1001 }],
  ['block-device-not-found', { BlkioDeviceReadIOps: [{ Path: '/dev/null', Rate: 1 }] }],
]
for (const [code, limits] of refused) {
  test(`${JSON.stringify(limits)} is refused as ${code}`, () => {
    assert.throws(() => checkLimits(limits, context), { code, kind: 'InvalidParameter' })
  })
}

test('too many CPUs are told as Docker does', () => {
  assert.throws(() => checkLimits({ NanoCpus: 3e9 }, context), {
    message: /range of CPUs is from 0\.01 to 2\.00, as there are only 2 CPUs available$/,
  })
})

test('limits that the host cannot set are discarded with one warning each', () => {
  const { resources, limits, warnings } = checkLimits(
    {
      Memory: 64 * MB,
      MemoryReservation: 32 * MB,
      CpuShares: 5,
      CpuPeriod: 5000,
      CpuQuota: 5000,
      PidsLimit: 5,
      CpusetCpus: '0',
      OomKillDisable: true,
    },
    { ...context, features: nothing },
  )

  assert.deepEqual(resources, {})
  assert.equal(limits.Memory, 0)
  assert.equal(limits.MemorySwap, -1)
  assert.equal(warnings.length, 7)
})

test('CPUs without a quota to set are refused', () => {
  assert.throws(() => checkLimits({ NanoCpus: 1e9 }, { ...context, features: nothing }), { code: 'cpus-unsupported' })
})

test('memory without swap accounting is limited alone', () => {
  const features = { ...all, swap: false }

  assert.deepEqual(checkLimits({ Memory: 64 * MB }, { ...context, features }).resources, { memory: { limit: 64 * MB } })
  assert.equal(checkLimits({ Memory: 64 * MB, MemorySwap: 65 * MB }, { ...context, features }).warnings.length, 1)
})

test('a pids limit of zero or less takes a running container its limit away', () => {
  assert.deepEqual(checkLimits({ PidsLimit: 0 }, context).resources, {})
  assert.deepEqual(checkLimits({ PidsLimit: 0 }, { ...context, purpose: 'update' }).resources, { pids: { limit: -1 } })
})

test('any numbers give resources or an InvalidParameter', () => {
  const number = fc.oneof(fc.constant(0), fc.integer(), fc.maxSafeInteger())
  const limits = fc.record({
    Memory: number,
    MemorySwap: number,
    MemoryReservation: number,
    NanoCpus: number,
    CpuQuota: number,
    CpuPeriod: number,
    CpuShares: number,
  })
  fc.assert(
    fc.property(limits, (requested) => {
      try {
        const { memory } = checkLimits(requested, context).resources
        assert.ok(memory?.swap === undefined || memory.swap < 0 || memory.swap >= (memory.limit ?? 0))
      } catch (error) {
        assert.ok(error instanceof PockerError && error.kind === 'InvalidParameter', String(error))
      }
    }),
  )
})

test('an update is laid over what holds', () => {
  const merged = mergeLimits(
    { Memory: 64 * MB, MemorySwap: 128 * MB, CpuShares: 5, PidsLimit: 7 },
    { Memory: 100 * MB, PidsLimit: 0, CpuShares: 0 },
  )

  assert.equal(merged.Memory, 100 * MB)
  assert.equal(merged.MemorySwap, 128 * MB)
  assert.equal(merged.CpuShares, 5)
  assert.equal(merged.PidsLimit, 0)
})

test('an update that contradicts what holds is refused', () => {
  assert.throws(() => mergeLimits({ Memory: 64 * MB, MemorySwap: 128 * MB }, { Memory: 200 * MB }), { code: 'memory-swap-too-small' })
  assert.throws(() => mergeLimits({ CpuQuota: 5000 }, { NanoCpus: 1e9 }), { code: 'cpu-limits-conflict' })
  assert.throws(() => mergeLimits({ NanoCpus: 1e9 }, { CpuPeriod: 5000 }), { code: 'cpu-limits-conflict' })
})
