import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goDuration, HealthOutput, timeoutMessage } from './health-output.ts'

test('the first 4096 bytes are kept, and that there were more is said', () => {
  const exact = new HealthOutput()
  exact.add(Buffer.alloc(4095, 'a'))
  exact.add(Buffer.from('b'))
  assert.equal(exact.toString(), `${'a'.repeat(4095)}b`)
  exact.add(Buffer.from('c'))
  assert.equal(exact.toString(), `${'a'.repeat(4095)}b...`)
  const large = new HealthOutput()
  for (let count = 0; count < 100; count++) large.add(Buffer.alloc(65_536, 'x'))
  assert.equal(large.toString(), `${'x'.repeat(4096)}...`)
  assert.equal(new HealthOutput().toString(), '')
})

test('bytes that are no text do no harm', () => {
  const output = new HealthOutput()
  output.add(Buffer.from([0xff, 0xfe, 0x41]))
  assert.equal(output.toString(), '\ufffd\ufffdA')
})

const durations: readonly [number, string][] = [
  [1, '1ms'],
  [1.5, '1.5ms'],
  [999, '999ms'],
  [1000, '1s'],
  [1234, '1.234s'],
  [30_000, '30s'],
  [60_000, '1m0s'],
  [90_500, '1m30.5s'],
  [3_600_000, '1h0m0s'],
  [3_661_000, '1h1m1s'],
  [90_000_000, '25h0m0s'],
]

for (const [milliseconds, text] of durations)
  test(`a duration as Go prints it: ${text}`, () => assert.equal(goDuration(milliseconds), text))

test("a timeout in Docker's words", () => {
  assert.equal(timeoutMessage(1000, ''), 'Health check exceeded timeout (1s)')
  assert.equal(timeoutMessage(90_000, 'half'), 'Health check exceeded timeout (1m30s): half')
})
