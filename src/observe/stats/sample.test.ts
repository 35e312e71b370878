import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pointOf, sampleSchema } from './sample.ts'

const sample = (read: string, used: number, more: Record<string, unknown> = {}) =>
  sampleSchema.parse({
    read,
    cpu_stats: { cpu_usage: { total_usage: used } },
    memory_stats: { usage: 100, limit: 1000, stats: { inactive_file: 30 } },
    ...more,
  })

test('rates are by the engine’s own clock, and memory is without what the kernel gives back first', () => {
  const before = sample('2026-01-01T00:00:00.000000000Z', 0, { networks: { eth0: { rx_bytes: 10, tx_bytes: 0 } } })
  const now = sample('2026-01-01T00:00:02.000000000Z', 1e9, {
    networks: { eth0: { rx_bytes: 30, tx_bytes: 4 }, eth1: { rx_bytes: 2 } },
    blkio_stats: {
      io_service_bytes_recursive: [
        { op: 'Read', value: 8 },
        { op: 'write', value: 6 },
        { op: 'Total', value: 14 },
      ],
    },
    pids_stats: { current: 3 },
  })
  assert.deepEqual(pointOf(before, now), {
    time: Date.parse('2026-01-01T00:00:02Z'),
    cpu: 0.5,
    memory: 70,
    memoryLimit: 1000,
    received: 11,
    sent: 2,
    read: 4,
    written: 3,
    processes: 3,
  })
})

test('a container that restarted counts from nothing, not backwards', () => {
  assert.equal(pointOf(sample('2026-01-01T00:00:00Z', 5e9), sample('2026-01-01T00:00:01Z', 1e9))?.cpu, 0)
})

test('there is no point without numbers, and none without time in between', () => {
  const empty = sampleSchema.parse({ read: '2026-01-01T00:00:01Z', cpu_stats: {}, memory_stats: {} })
  assert.equal(pointOf(sample('2026-01-01T00:00:00Z', 0), empty), undefined)
  assert.equal(pointOf(empty, sample('2026-01-01T00:00:02Z', 9)), undefined)
  assert.equal(pointOf(sample('2026-01-01T00:00:00Z', 0), sample('2026-01-01T00:00:00Z', 9)), undefined)
  assert.equal(pointOf(sample('never', 0), sample('2026-01-01T00:00:00Z', 9)), undefined)
})
