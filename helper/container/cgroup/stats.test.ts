import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readLegacyStats } from './stats-v1.ts'
import { readUnifiedStats } from './stats-v2.ts'
import { parseSystemCpu } from './system-cpu.ts'

const from = (files: Readonly<Record<string, string>>) => (_controller: string, file: string) => files[file] ?? ''

test('v1 files become Docker numbers', () => {
  const stats = readLegacyStats(
    from({
      'cpu.stat': 'nr_periods 3\nnr_throttled 2\nthrottled_time 9000\n',
      'cpuacct.usage_percpu': '100 20 \n',
      'cpuacct.usage_sys': '30\n',
      'cpuacct.usage_user': '90\n',
      'memory.usage_in_bytes': '4096\n',
      'memory.max_usage_in_bytes': '8192\n',
      'memory.limit_in_bytes': '9223372036854771712\n',
      'memory.failcnt': '1\n',
      'memory.stat': 'cache 10\ntotal_inactive_file 5\n',
      'pids.current': '2\n',
      'pids.max': 'max\n',
      'blkio.throttle.io_service_bytes_recursive': '8:0 Read 4096\n8:0 Total 4096\nTotal 4096\n',
    }),
    1000,
  )

  assert.deepEqual(stats, {
    cpu: {
      cpu_usage: { total_usage: 120, percpu_usage: [100, 20], usage_in_kernelmode: 30, usage_in_usermode: 90 },
      throttling_data: { periods: 3, throttled_periods: 2, throttled_time: 9000 },
    },
    memory: { usage: 4096, max_usage: 8192, stats: { cache: 10, total_inactive_file: 5 }, failcnt: 1, limit: 1000 },
    pids: { current: 2 },
    blkio: {
      io_service_bytes_recursive: [
        { major: 8, minor: 0, op: 'Read', value: 4096 },
        { major: 8, minor: 0, op: 'Total', value: 4096 },
      ],
      io_serviced_recursive: [],
    },
  })
})

test('v2 files become Docker numbers', () => {
  const stats = readUnifiedStats(
    from({
      'cpu.stat': 'usage_usec 12\nuser_usec 8\nsystem_usec 4\nnr_periods 3\nnr_throttled 2\nthrottled_usec 9\n',
      'memory.current': '4096\n',
      'memory.max': 'max\n',
      'memory.stat': 'anon 10\n',
      'memory.events': 'low 0\noom 3\noom_kill 1\n',
      'pids.current': '2\n',
      'pids.max': '20\n',
      'io.stat': '8:0 rbytes=4096 wbytes=1 rios=2 wios=3 dbytes=0 dios=0\n253:1 \n',
    }),
    1000,
  )

  assert.deepEqual(stats, {
    cpu: {
      cpu_usage: { total_usage: 12000, usage_in_kernelmode: 4000, usage_in_usermode: 8000 },
      throttling_data: { periods: 3, throttled_periods: 2, throttled_time: 9000 },
    },
    memory: { usage: 4096, stats: { anon: 10 }, failcnt: 3, limit: 1000 },
    pids: { current: 2, limit: 20 },
    blkio: {
      io_service_bytes_recursive: [
        { major: 8, minor: 0, op: 'read', value: 4096 },
        { major: 8, minor: 0, op: 'write', value: 1 },
      ],
      io_serviced_recursive: [
        { major: 8, minor: 0, op: 'read', value: 2 },
        { major: 8, minor: 0, op: 'write', value: 3 },
      ],
    },
  })
})

test('files that are not there are zeros', () => {
  assert.equal(readLegacyStats(from({}), 1000).memory.limit, 1000)
  assert.equal(readUnifiedStats(from({}), 1000).cpu.cpu_usage.total_usage, 0)
})

test('host time leaves guest time out, which user time holds already', () => {
  assert.deepEqual(parseSystemCpu('cpu  1 1 1 1 1 1 1 1 50 50\ncpu0 1 1\ncpu1 1 1\nintr 5 cpu9 \n'), { usage: 80_000_000, online: 2 })
})
