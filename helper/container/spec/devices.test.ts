import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Device } from '../oci.ts'
import { parseDeviceRule, planDevices } from './devices.ts'
import { splitNumber } from './host-devices.ts'
import { refusal, unlessRefused } from './refused.fixture.ts'
import { defaultDevices, firstDeviceRules, lastDeviceRules } from './sandbox.ts'

const fuse: Device = { path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 0o666, uid: 0, gid: 0 }
const disks: Device[] = ['sda', 'by/sda1'].map((name, minor) => ({
  path: `/dev/disks/${name}`,
  type: 'b',
  major: 8,
  minor,
  fileMode: 0o660,
  uid: 0,
  gid: 6,
}))
const host: Record<string, Device[]> = { '/dev/fuse': [fuse], '/dev/disks': disks, '/dev': [fuse, ...disks], '/dev/log': [] }
const readDevices = (path: string) => host[path]

test('by default there are six devices, and the rules are as runc has them', () => {
  const { devices, rules } = planDevices({}, readDevices)
  assert.deepEqual(
    devices.map(({ path }) => path),
    ['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom', '/dev/tty'],
  )
  assert.deepEqual(rules, [...firstDeviceRules, ...lastDeviceRules])
})

test('a device comes with its rule between the defaults', () => {
  const { devices, rules } = planDevices(
    { Devices: [{ PathOnHost: '/dev/fuse', PathInContainer: '/dev/f', CgroupPermissions: 'rw' }] },
    readDevices,
  )
  assert.deepEqual(devices.at(-1), { ...fuse, path: '/dev/f' })
  assert.deepEqual(rules, [...firstDeviceRules, { allow: true, type: 'c', major: 10, minor: 229, access: 'rw' }, ...lastDeviceRules])
})

test('a folder of devices keeps its shape', () => {
  const { devices } = planDevices({ Devices: [{ PathOnHost: '/dev/disks/', PathInContainer: '/dev/d' }] }, readDevices)
  assert.deepEqual(
    devices.slice(defaultDevices.length).map(({ path }) => path),
    ['/dev/d/sda', '/dev/d/by/sda1'],
  )
})

test('privileged has all of the host and one rule', () => {
  const { devices, rules } = planDevices({ Privileged: true }, readDevices)
  assert.equal(devices.length, 3 + defaultDevices.length)
  assert.deepEqual(rules, [{ allow: true, type: 'a', access: 'rwm' }])
})

test('rules of the request', () => {
  assert.deepEqual(parseDeviceRule('c 13:* rwm'), { allow: true, type: 'c', major: 13, access: 'rwm' })
  assert.deepEqual(parseDeviceRule('a *:* m'), { allow: true, type: 'a', access: 'm' })
})

for (const rule of ['', 'c', 'c 1:3', 'x 1:3 rwm', 'c 1:3 rwx', 'c -1:3 r', 'c 1:3 rwm ', 'c  1:3 r', 'c 1:3\nr', 'c 99999999999:0 r']) {
  test(`rule ${JSON.stringify(rule)} is refused`, () => {
    assert.equal(
      refusal(() => parseDeviceRule(rule)),
      'bad-device-rule',
    )
  })
}

test('a rule that is printed reads as it was, and no text makes one with other fields', () => {
  const number = fc.option(fc.nat(4095), { nil: undefined })
  const rule = fc.tuple(fc.constantFrom('a', 'b', 'c'), number, number, fc.constantFrom('r', 'rw', 'rwm', 'm'))
  fc.assert(
    fc.property(rule, ([type, major, minor, access]) => {
      const read = parseDeviceRule(`${type} ${major ?? '*'}:${minor ?? '*'} ${access}`)
      assert.deepEqual([read.type, read.major, read.minor, read.access, read.allow], [type, major, minor, access, true])
    }),
  )
  fc.assert(fc.property(fc.string(), (text) => void unlessRefused(() => parseDeviceRule(text))))
})

const mappings = {
  'no-such-device': { PathOnHost: '/dev/none' },
  'bad-device': { PathOnHost: '/dev/log' },
}

for (const [code, mapping] of Object.entries(mappings)) {
  test(`${mapping.PathOnHost} is refused as ${code}`, () => {
    assert.equal(
      refusal(() => planDevices({ Devices: [mapping] }, readDevices)),
      code,
    )
  })
}

for (const target of ['/etc/x', '/dev', '/dev/../etc', '/dev/ptmx', '/dev/pts/0', '/dev/shm/x', 'dev/x']) {
  test(`a device at ${target} is refused`, () => {
    assert.equal(
      refusal(() => planDevices({ Devices: [{ PathOnHost: '/dev/fuse', PathInContainer: target }] }, readDevices)),
      'bad-device',
    )
  })
}

test('device numbers are split as glibc does', () => {
  assert.deepEqual(splitNumber(0x0103), { major: 1, minor: 3 })
  assert.deepEqual(splitNumber(0x103 + 0x100000), { major: 1, minor: 0x103 })
  assert.deepEqual(splitNumber(259 * 256 + 7), { major: 259, minor: 7 })
})
