import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CapabilityRequest, capabilityName, capabilityNumber, defaultCapabilities, resolveCapabilities } from './capabilities.ts'

const none = { add: [], drop: [], privileged: false, lastCapability: 40 }
const all = Array.from({ length: 41 }, (_, number) => number)

const cases: readonly { name: string; request: Partial<CapabilityRequest>; expected: readonly number[] }[] = [
  { name: 'nothing asked', request: {}, expected: defaultCapabilities },
  { name: 'privileged', request: { privileged: true }, expected: all },
  { name: 'privileged whatever is dropped', request: { privileged: true, drop: ['ALL', 'KILL'] }, expected: all },
  { name: 'privileged on a newer kernel', request: { privileged: true, lastCapability: 41 }, expected: [...all, 41] },
  { name: 'a name in any form', request: { add: ['sys_admin', 'CAP_Sys_Admin'], drop: ['all'] }, expected: [21] },
  { name: 'added to the defaults', request: { add: ['NET_ADMIN'] }, expected: [...defaultCapabilities, 12].sort((a, b) => a - b) },
  { name: 'dropped from the defaults', request: { drop: ['CHOWN'] }, expected: defaultCapabilities.slice(1) },
  { name: 'dropped without being there', request: { drop: ['SYS_ADMIN'] }, expected: defaultCapabilities },
  { name: 'the same added and dropped', request: { add: ['CHOWN'], drop: ['CHOWN'] }, expected: defaultCapabilities },
  { name: 'all dropped', request: { drop: ['ALL'] }, expected: [] },
  { name: 'all dropped, two added', request: { drop: ['ALL'], add: ['KILL', 'CHOWN'] }, expected: [0, 5] },
  { name: 'all added but one', request: { add: ['ALL'], drop: ['CAP_BPF'] }, expected: all.filter((number) => number !== 39) },
  { name: 'all added and all dropped', request: { add: ['ALL'], drop: ['ALL'] }, expected: all },
  { name: 'all of an older kernel', request: { add: ['ALL'], lastCapability: 37 }, expected: all.slice(0, 38) },
]

for (const { name, request, expected } of cases) {
  test(`capabilities: ${name}`, () => {
    assert.deepEqual(resolveCapabilities({ ...none, ...request }), expected)
  })
}

for (const add of ['', 'CAP_', 'CAP_CAP_CHOWN', 'SYS_ADMINS', 'constructor', ' KILL', 'CAP_ALL', 'x'.repeat(10_000)]) {
  test(`capabilities: '${add.slice(0, 20)}' is refused`, () => {
    assert.throws(() => resolveCapabilities({ ...none, add: [add] }), { code: 'unknown-capability', kind: 'InvalidParameter' })
    assert.throws(() => resolveCapabilities({ ...none, drop: [add], privileged: true }), { code: 'unknown-capability' })
  })
}

test('capabilities: one that the kernel does not know is refused', () => {
  assert.throws(() => resolveCapabilities({ ...none, add: ['BPF'], lastCapability: 37 }), { code: 'unknown-capability' })
})

test("capabilities: the defaults are Docker's fourteen", () => {
  assert.deepEqual(defaultCapabilities, [0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31])
})

test('capabilities: names and numbers agree with the header', () => {
  assert.equal(capabilityNumber('CAP_CHECKPOINT_RESTORE'), 40)
  assert.equal(capabilityNumber('CAP_MKNOD'), 27)
  assert.equal(capabilityNumber('mknod'), undefined)
  assert.equal(capabilityName(21), 'CAP_SYS_ADMIN')
  assert.equal(capabilityName(41), 'CAP_41')
})
