import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type DeviceAccess, evaluateDeviceProgram, unreachableInstructions } from '../../../test/support/device-ebpf.ts'
import type { DeviceRule } from '../oci.ts'
import { compileDeviceProgram, programAttachAttributes, programLoadAttributes } from './device-program.ts'

const denyAll: DeviceRule = { allow: false, type: 'a', access: 'rwm' }
const allowAll: DeviceRule = { allow: true, type: 'a', access: 'rwm' }
const zero = { type: 'c', major: 1, minor: 5 } as const

function isAllowed(rules: readonly DeviceRule[], asked: DeviceAccess): boolean {
  return evaluateDeviceProgram(compileDeviceProgram(rules), asked) === 1n
}

/** The meaning, in the order in which the rules are written. */
function isAllowedByRules(rules: readonly DeviceRule[], { type, major, minor, access }: DeviceAccess): boolean {
  return [...access].every((letter) => {
    let allowed = false
    for (const rule of rules) {
      const same = (rule.type === 'a' || rule.type === type) && (rule.major ?? major) === major && (rule.minor ?? minor) === minor
      if (same && rule.access.includes(letter)) allowed = rule.allow
    }
    return allowed
  })
}

const access = fc.constantFrom('r', 'w', 'm', 'rw', 'rm', 'wm', 'rwm')
const number = fc.constantFrom(0, 1, 5, 0x7fffffff, 0x80000000, 0xffffffff)
const rule = fc.record(
  { allow: fc.boolean(), type: fc.constantFrom('a', 'b', 'c'), major: number, minor: number, access: fc.oneof(access, fc.constant('')) },
  { requiredKeys: ['allow', 'type', 'access'] },
)
const asked = fc.record({ type: fc.constantFrom('b', 'c'), major: number, minor: number, access })

test('device program: any rules allow what they say', () => {
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 8 }), fc.array(asked, { minLength: 20, maxLength: 20 }), (rules, all) => {
      for (const one of all) assert.equal(isAllowed(rules, one), isAllowedByRules(rules, one))
    }),
    { numRuns: 1000 },
  )
})

test('device program: every instruction is reached, or the kernel would not take it', () => {
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 8 }), (rules) => {
      assert.deepEqual(unreachableInstructions(compileDeviceProgram(rules)), [])
    }),
  )
})

const cases: readonly { name: string; rules: readonly DeviceRule[]; access: string; expected: boolean }[] = [
  { name: 'no rule', rules: [], access: 'r', expected: false },
  { name: 'everything allowed', rules: [allowAll], access: 'rwm', expected: true },
  { name: 'everything denied last', rules: [allowAll, denyAll], access: 'r', expected: false },
  { name: 'one allowed', rules: [denyAll, { ...zero, allow: true, access: 'rwm' }], access: 'rw', expected: true },
  { name: 'one denied', rules: [allowAll, { ...zero, allow: false, access: 'rwm' }], access: 'r', expected: false },
  { name: 'another denied', rules: [allowAll, { ...zero, minor: 7, allow: false, access: 'rwm' }], access: 'r', expected: true },
  { name: 'writing denied, opened for both', rules: [allowAll, { ...zero, allow: false, access: 'w' }], access: 'rw', expected: false },
  { name: 'writing denied, opened for reading', rules: [allowAll, { ...zero, allow: false, access: 'w' }], access: 'r', expected: true },
  {
    name: 'reading and writing allowed by two rules',
    rules: [denyAll, { ...zero, allow: true, access: 'r' }, { ...zero, allow: true, access: 'w' }],
    access: 'rw',
    expected: true,
  },
]

for (const { name, rules, access, expected } of cases) {
  test(`device program: ${name}, ${access}: ${expected ? 'allowed' : 'denied'}`, () => {
    assert.equal(isAllowed(rules, { ...zero, access }), expected)
  })
}

for (const wrong of [{ access: 'rwx' }, { major: -1 }, { minor: 1.5 }, { major: 2 ** 32 }]) {
  test(`device program: ${JSON.stringify(wrong)} is refused`, () => {
    const rules: readonly DeviceRule[] = [{ allow: true, type: 'c', access: 'r', ...wrong }]
    assert.throws(() => compileDeviceProgram(rules), { code: 'bad-device-rule', kind: 'InvalidParameter' })
  })
}

test('device program: rules without end are refused', () => {
  const rules = Array<DeviceRule>(10_000).fill({ ...zero, allow: true, access: 'r' })
  assert.throws(() => compileDeviceProgram(rules), { code: 'too-many-device-rules' })
})

test('device program: the load attributes are the union bpf_attr of BPF_PROG_LOAD', () => {
  const program = compileDeviceProgram([denyAll])
  const { bytes, pointers } = programLoadAttributes(program)
  const words = new Uint32Array(bytes.buffer)
  assert.deepEqual([bytes.length, words[0], words[1], words[17]], [72, 15, 8, 6])
  assert.deepEqual(pointers, [
    { offset: 8, to: program },
    { offset: 16, to: 'MIT' },
  ])
})

test('device program: the attach attributes are the union bpf_attr of BPF_PROG_ATTACH', () => {
  const { bytes, pointers } = programAttachAttributes({ cgroup: 7, program: 9 })
  assert.deepEqual([...new Uint32Array(bytes.buffer)], [7, 9, 6, 2, 0])
  assert.deepEqual(pointers, [])
})
