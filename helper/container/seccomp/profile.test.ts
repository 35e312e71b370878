import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { defaultSeccompProfile } from './default-profile.ts'
import { parseSeccompProfile } from './profile.ts'

function withRule(rule: string): string {
  return `{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW",${rule}}]}`
}

function bigintsAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value
}

test("seccomp profile: the default table is moby's default.json", () => {
  // The digest is of that file, read by parseSeccompProfile, written by JSON.stringify in the order of the fields here.
  const order = [
    'names',
    'name',
    'action',
    'errnoRet',
    'args',
    'includes',
    'excludes',
    'index',
    'value',
    'valueTwo',
    'op',
    'caps',
    'arches',
  ]
  const fields = [
    ...order,
    'minKernel',
    'major',
    'minor',
    'defaultAction',
    'defaultErrnoRet',
    'archMap',
    'architecture',
    'subArchitectures',
    'syscalls',
  ]
  const text = JSON.stringify(JSON.parse(JSON.stringify(defaultSeccompProfile, bigintsAsText)), fields)
  assert.equal(createHash('sha256').update(text).digest('hex'), 'b9baf4d6afb4a3e1ee658767625698bb14853816b2a87724c163a26a64c28256')
})

test('seccomp profile: the default profile in JSON reads back as it is', () => {
  const json = JSON.stringify(
    {
      ...defaultSeccompProfile,
      syscalls: defaultSeccompProfile.syscalls.map(({ includes, ...rule }) => ({
        ...rule,
        comment: '',
        args: rule.args ?? null,
        excludes: rule.excludes ?? {},
        includes: includes?.minKernel ? { minKernel: `${includes.minKernel.major}.${includes.minKernel.minor}` } : (includes ?? null),
      })),
    },
    (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value),
  )
  const rules = parseSeccompProfile(json)?.syscalls ?? []
  assert.equal(rules.length, defaultSeccompProfile.syscalls.length)
  assert.deepEqual(
    rules.map(({ names, args }) => ({ names, args: args?.map(({ index, value }) => ({ index, value })) })),
    defaultSeccompProfile.syscalls.map(({ names, args }) => ({ names, args: args?.map(({ index, value }) => ({ index, value })) })),
  )
})

test('seccomp profile: an argument keeps all its 64 bits', () => {
  const text = withRule('"args":[{"index":0,"value":18446744073709551615,"valueTwo":9007199254740993,"op":"SCMP_CMP_MASKED_EQ"}]')
  const [rule] = parseSeccompProfile(text)?.syscalls ?? []
  assert.deepEqual(rule?.args, [{ index: 0, value: 0xffffffffffffffffn, valueTwo: 9007199254740993n, op: 'SCMP_CMP_MASKED_EQ' }])
})

test('seccomp profile: the old single name, nulls and unknown fields are read', () => {
  const text = `{"defaultAction":"SCMP_ACT_KILL","flags":["SECCOMP_FILTER_FLAG_LOG"],"architectures":null,
    "syscalls":[{"name":"read","action":"SCMP_ACT_ALLOW","args":null,"includes":{"caps":null},"excludes":{}}]}`
  const profile = parseSeccompProfile(text)
  assert.equal(profile?.defaultAction, 'SCMP_ACT_KILL')
  assert.deepEqual(profile?.syscalls[0]?.names, ['read'])
})

for (const text of ['{}', '{"defaultAction":"","syscalls":[]}', '{"defaultAction":null,"syscalls":null}']) {
  test(`seccomp profile: ${text} is no filter`, () => {
    assert.equal(parseSeccompProfile(text), undefined)
  })
}

const refused = [
  '',
  'null',
  '[]',
  '{"syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW"}]}',
  '{"defaultAction":"SCMP_ACT_NOTIFY"}',
  '{"defaultAction":"ALLOW","syscalls":[]}',
  '{"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_X86"],"archMap":[{"architecture":"SCMP_ARCH_X86_64"}]}',
  '{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":65536}',
  withRule('"name":"write"'),
  withRule('"errnoRet":-1'),
  withRule('"includes":{"minKernel":"four"}'),
  withRule('"args":[{"index":6,"value":0,"op":"SCMP_CMP_EQ"}]'),
  withRule('"args":[{"index":0,"value":-1,"op":"SCMP_CMP_EQ"}]'),
  withRule('"args":[{"index":0,"value":1.5,"op":"SCMP_CMP_EQ"}]'),
  withRule('"args":[{"index":0,"value":1e30,"op":"SCMP_CMP_EQ"}]'),
  withRule('"args":[{"index":0,"value":18446744073709551616,"op":"SCMP_CMP_EQ"}]'),
  withRule('"args":[{"index":0,"value":0,"op":"EQ"}]'),
  `{"defaultAction":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
]
for (const text of refused) {
  test(`seccomp profile: ${text.slice(0, 150)} is refused`, () => {
    assert.throws(() => parseSeccompProfile(text), { code: 'bad-seccomp-profile', kind: 'InvalidParameter' })
  })
}

test('seccomp profile: any JSON is read or refused', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      try {
        parseSeccompProfile(text)
      } catch (error) {
        assert.ok(error instanceof Error && 'code' in error && error.code === 'bad-seccomp-profile')
      }
    }),
  )
})
