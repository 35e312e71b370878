import assert from 'node:assert/strict'
import { test } from 'node:test'
import { throwsCode } from '../testing/throws-code.ts'
import { parseDevice, parseDeviceOperations, parseDeviceRate, parseDeviceRule, parseDeviceWeight } from './device.ts'

for (const [text, host, container, mode] of [
  ['/dev/null', '/dev/null', '/dev/null', 'rwm'],
  ['/dev/null:/dev/x', '/dev/null', '/dev/x', 'rwm'],
  ['/dev/null:r', '/dev/null', '/dev/null', 'r'],
  ['/dev/null:/dev/x:rw', '/dev/null', '/dev/x', 'rw'],
] as const) {
  test(`--device ${text}`, () =>
    assert.deepEqual(parseDevice(text), { PathOnHost: host, PathInContainer: container, CgroupPermissions: mode }))
}

for (const text of ['', ':/x', '/a:/b:rr', '/a:/b:x', '/a:/b:r:w', 'null', '/a:b']) {
  test(`--device "${text}" is refused`, () => throwsCode('invalid-device', () => parseDevice(text)))
}

test('rates, operations and weights belong to a device', () => {
  assert.deepEqual(parseDeviceRate('/dev/sda:1mb'), { Path: '/dev/sda', Rate: 1048576 })
  assert.deepEqual(parseDeviceOperations('/dev/sda:100'), { Path: '/dev/sda', Rate: 100 })
  assert.deepEqual(parseDeviceWeight('/dev/sda:200'), { Path: '/dev/sda', Weight: 200 })
  throwsCode('invalid-device-rate', () => parseDeviceRate('sda:1'))
  throwsCode('invalid-device-rate', () => parseDeviceRate('/sda:1'))
  throwsCode('invalid-number', () => parseDeviceWeight('/dev/sda:9'))
})

test('a device rule has type, numbers and mode', () => {
  assert.equal(parseDeviceRule('c *:3 rwm'), 'c *:3 rwm')
  throwsCode('invalid-device-rule', () => parseDeviceRule('c 1:3'))
})
