import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { disassemble, evaluate, findFault } from '../../../test/support/seccomp/classic-bpf.ts'
import { type Call, interpreter } from '../../../test/support/seccomp/interpret.ts'
import { defaultCapabilities, resolveCapabilities } from '../capabilities.ts'
import { architectures, type CallArchitecture, hosts, syscallNumbers } from './architectures.ts'
import { compileSeccomp } from './compile.ts'
import { defaultSeccompProfile } from './default-profile.ts'
import type { ArgumentRule, SeccompProfile } from './profile.ts'
import type { SeccompContext } from './resolve.ts'

const ALLOW = 0x7fff0000
const EPERM = 0x50001
const ENOSYS = 0x50026
const KILL_PROCESS = 0x80000000

const all = resolveCapabilities({ add: [], drop: [], privileged: true, lastCapability: 40 })
const context: SeccompContext = { capabilities: defaultCapabilities, architecture: 'x64', kernel: { major: 6, minor: 1 } }
const contexts: readonly SeccompContext[] = [defaultCapabilities, all, []].flatMap((capabilities) =>
  (['x64', 'arm64'] as const).map((architecture) => ({ ...context, capabilities, architecture })),
)

const interesting = [
  0n,
  1n,
  8n,
  37n,
  38n,
  39n,
  40n,
  41n,
  0x5412n,
  0x20000n,
  0x20008n,
  0x7e020000n,
  0x10000000n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
]

/** A value that a rule speaks of, or one beside it, with another high half now and then. */
const value = fc
  .tuple(fc.constantFrom(...interesting), fc.constantFrom(0n, 0n, 0n, 1n, -1n), fc.constantFrom(0n, 0n, 0n, 1n << 32n, 0xffffffffn << 32n))
  .map(([base, step, high]) => BigInt.asUintN(64, (base + step) | high))

const number = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 480 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0xf0000, max: 0xf0008 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 600 }).map((low) => 0x40000000 + low) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffffffff }) },
)

/** What the random profiles speak of; the default profile has rules of their arguments, or their numbers are odd. */
const names = [
  ...['socket', 'personality', 'clone', 'clone3', 'ioctl', 'socketcall', 'ipc', 'openat', 'bind', 'accept', 'semop', 'mmap', 'read'],
  ...['removexattrat', 'file_setattr', 'cacheflush', 'set_tls', 'sync_file_range2', 'arm_sync_file_range', 'arch_prctl', 'none_such'],
]

/** Those by number, so that they come often enough. */
function favourites(architecture: CallArchitecture): readonly number[] {
  return names.flatMap((name) => syscallNumbers(architecture).get(name) ?? [])
}

function calls(context: SeccompContext, value: fc.Arbitrary<bigint>): fc.Arbitrary<Call> {
  const architecture = fc.constantFrom(...hosts[context.architecture], 'other' as const)
  return architecture.chain((architecture) => {
    const favourite = architecture === 'other' ? number : fc.constantFrom(...favourites(architecture))
    // Compatibility calls come with registers of 32 bits.
    const argument = architecture === 'x86' || architecture === 'arm' ? value.map((wide) => BigInt.asUintN(32, wide)) : value
    return fc.record({
      architecture: fc.constant(architecture),
      number: fc.oneof(number, favourite),
      args: fc.array(argument, { minLength: 6, maxLength: 6 }),
    })
  })
}

function audit(architecture: Call['architecture']): number {
  return architecture === 'other' ? 0xc00000f3 : architectures[architecture].audit
}

function filter(profile: SeccompProfile, context: SeccompContext) {
  const program = disassemble(compileSeccomp(profile, context))
  assert.equal(findFault(program), undefined)
  return ({ architecture, number, args }: Call) => evaluate(program, { audit: audit(architecture), number, args })
}

function run(
  name: string,
  args: readonly bigint[] = [],
  architecture: CallArchitecture = 'amd64',
  on: Partial<SeccompContext> = {},
): number {
  const number = syscallNumbers(architecture).get(name) ?? -1
  return filter(defaultSeccompProfile, { ...context, ...on })({ architecture, number, args }).action
}

for (const each of contexts) {
  test(`seccomp: the default profile on ${each.architecture} with ${each.capabilities.length} capabilities, 17,000 calls as the profile reads`, () => {
    const answer = interpreter(defaultSeccompProfile, each)
    const answerFilter = filter(defaultSeccompProfile, each)
    for (const call of fc.sample(calls(each, value), 17_000)) {
      assert.equal(answerFilter(call).action, answer(call), `${call.architecture} ${call.number} ${call.args}`)
    }
  })

  test(`seccomp: the default profile on ${each.architecture} with ${each.capabilities.length} capabilities, every number`, () => {
    const answer = interpreter(defaultSeccompProfile, each)
    const answerFilter = filter(defaultSeccompProfile, each)
    for (const architecture of hosts[each.architecture]) {
      for (let number = 0; number < 500; number++) {
        const call = { architecture, number, args: [0n, 0n, 0n, 0n, 0n, 0n] }
        assert.equal(answerFilter(call).action, answer(call), `${architecture} ${number}`)
      }
    }
  })
}

const action = fc.constantFrom(
  'SCMP_ACT_ALLOW',
  'SCMP_ACT_ERRNO',
  'SCMP_ACT_KILL',
  'SCMP_ACT_KILL_PROCESS',
  'SCMP_ACT_LOG',
  'SCMP_ACT_TRACE',
  'SCMP_ACT_TRAP',
)
const op = fc.constantFrom('SCMP_CMP_EQ', 'SCMP_CMP_NE', 'SCMP_CMP_LT', 'SCMP_CMP_LE', 'SCMP_CMP_GT', 'SCMP_CMP_GE', 'SCMP_CMP_MASKED_EQ')
// Few values and arguments, so that calls often meet the rules.
const fewValues = fc.constantFrom(
  0n,
  1n,
  38n,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  0x100000001n,
  0x8000000000000000n,
  0xffffffff80000000n,
  0xffffffffffffffffn,
)
const argumentRule: fc.Arbitrary<ArgumentRule> = fc.record(
  { index: fc.nat({ max: 1 }), value: fewValues, valueTwo: fewValues, op },
  { requiredKeys: ['index', 'value', 'op'] },
)
const condition = fc.record(
  {
    caps: fc.uniqueArray(fc.constantFrom('CAP_CHOWN', 'CAP_SYS_ADMIN', 'CAP_BPF', 'CAP_NONE'), { maxLength: 2 }),
    arches: fc.uniqueArray(fc.constantFrom('amd64', 'arm64', 'x86'), { maxLength: 2 }),
    minKernel: fc.record({ major: fc.constantFrom(5, 6, 7), minor: fc.constantFrom(0, 1, 2) }),
  },
  { requiredKeys: [] },
)
const profile: fc.Arbitrary<SeccompProfile> = fc.record(
  {
    defaultAction: action,
    defaultErrnoRet: fc.constantFrom(1, 38),
    archMap: fc.constantFrom(defaultSeccompProfile.archMap, []),
    syscalls: fc.array(
      fc.record(
        {
          names: fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 6 }),
          action,
          errnoRet: fc.constantFrom(1, 13, 38),
          args: fc.array(argumentRule, { maxLength: 3 }),
          includes: condition,
          excludes: condition,
        },
        { requiredKeys: ['names', 'action'] },
      ),
      { maxLength: 12 },
    ),
  },
  { requiredKeys: ['defaultAction', 'syscalls'] },
)

test('seccomp: any profile answers as it reads', () => {
  const cases = fc
    .constantFrom(...contexts)
    .chain((each) => fc.tuple(fc.constant(each), profile, fc.array(calls(each, fewValues), { minLength: 100, maxLength: 100 })))
  fc.assert(
    fc.property(cases, ([each, profile, calls]) => {
      const answer = interpreter(profile, each)
      const answerFilter = filter(profile, each)
      for (const call of calls) assert.equal(answerFilter(call).action, answer(call), `${call.architecture} ${call.number} ${call.args}`)
    }),
    { numRuns: 400 },
  )
})

test('seccomp: a profile with many checks, whose jumps do not reach, answers as it reads', () => {
  const args = (index: number) => [{ index: index % 6, op: 'SCMP_CMP_EQ', value: BigInt(index) } as const]
  const rule = (index: number) =>
    ({ names: ['mmap', 'read', 'write'], action: 'SCMP_ACT_ERRNO', errnoRet: index, args: args(index) }) as const
  const long: SeccompProfile = { defaultAction: 'SCMP_ACT_ALLOW', syscalls: Array.from({ length: 200 }, (_, index) => rule(index)) }
  const answer = interpreter(long, context)
  const answerFilter = filter(long, context)
  const byte = fc.bigInt({ min: 0n, max: 255n })
  const call = fc.record({
    architecture: fc.constant('amd64' as const),
    number: fc.constantFrom(0, 1, 2, 8, 9, 10),
    args: fc.array(byte, { minLength: 6, maxLength: 6 }),
  })
  fc.assert(
    fc.property(call, (call) => assert.equal(answerFilter(call).action, answer(call))),
    { numRuns: 500 },
  )
})

test('seccomp: a profile too long for the kernel is refused', () => {
  const rule = { names: ['mmap'], action: 'SCMP_ACT_ALLOW', args: [{ index: 0, op: 'SCMP_CMP_EQ', value: 1n }] } as const
  const endless: SeccompProfile = { defaultAction: 'SCMP_ACT_ERRNO', syscalls: Array(100_000).fill(rule) }
  assert.throws(() => compileSeccomp(endless, context), { code: 'seccomp-profile-too-long', kind: 'InvalidParameter' })
})

test('seccomp: the default filter is short, and so is every way through it', () => {
  const program = disassemble(compileSeccomp(defaultSeccompProfile, context))
  const answerFilter = filter(defaultSeccompProfile, context)
  const numbers = Array.from({ length: 500 }, (_, number) => number)
  const steps = numbers.map((number) => answerFilter({ architecture: 'amd64', number, args: Array(6).fill(0xffffffffn) }).steps)
  assert.ok(program.length <= 260, `${program.length} instructions`)
  assert.ok(Math.max(...steps) <= 25, `${Math.max(...steps)} steps`)
})

test("seccomp: an allowed call without argument rules is answered by the kernel's emulator alone", () => {
  const answerFilter = filter(defaultSeccompProfile, context)
  const checked = ['socket', 'personality', 'clone'].map((name) => syscallNumbers('amd64').get(name))
  const numbers = [...syscallNumbers('amd64').values()].filter((number) => !checked.includes(number))
  assert.deepEqual(
    numbers.filter((number) => answerFilter({ architecture: 'amd64', number, args: [] }).readsArguments),
    [],
  )
})

const AF_ALG = 38n
const verdicts: readonly { name: string; actual: () => number; expected: number }[] = [
  { name: 'AF_UNIX', actual: () => run('socket', [1n]), expected: ALLOW },
  { name: 'AF_ALG', actual: () => run('socket', [AF_ALG]), expected: EPERM },
  { name: 'AF_ALG behind a high half', actual: () => run('socket', [(1n << 32n) | AF_ALG]), expected: EPERM },
  { name: 'AF_ALG behind a negative high half', actual: () => run('socket', [(0xffffffffn << 32n) | AF_ALG]), expected: EPERM },
  { name: 'AF_VSOCK', actual: () => run('socket', [40n]), expected: EPERM },
  { name: 'AF_ALG on i386', actual: () => run('socket', [AF_ALG], 'x86'), expected: EPERM },
  { name: 'AF_ALG on arm64', actual: () => run('socket', [AF_ALG], 'arm64', { architecture: 'arm64' }), expected: EPERM },
  { name: 'a thread', actual: () => run('clone', [0x3d0f00n]), expected: ALLOW },
  { name: 'a user namespace', actual: () => run('clone', [0x10000011n]), expected: EPERM },
  {
    name: 'a user namespace with CAP_SYS_ADMIN',
    actual: () => run('clone', [0x10000011n], 'amd64', { capabilities: [21] }),
    expected: ALLOW,
  },
  { name: 'clone3', actual: () => run('clone3'), expected: ENOSYS },
  { name: 'clone3 with CAP_SYS_ADMIN', actual: () => run('clone3', [], 'amd64', { capabilities: [21] }), expected: ALLOW },
  { name: 'the personality question', actual: () => run('personality', [0xffffffffn]), expected: ALLOW },
  { name: 'the personality question as a long', actual: () => run('personality', [0xffffffffffffffffn]), expected: ALLOW },
  { name: 'ADDR_NO_RANDOMIZE', actual: () => run('personality', [0x40000n]), expected: EPERM },
  { name: 'ADDR_NO_RANDOMIZE behind a high half', actual: () => run('personality', [0x100040000n]), expected: EPERM },
  { name: 'unshare', actual: () => run('unshare', [0x10000000n]), expected: EPERM },
  { name: 'io_uring_setup', actual: () => run('io_uring_setup'), expected: EPERM },
  { name: 'keyctl', actual: () => run('keyctl'), expected: EPERM },
  { name: 'ptrace on 4.8', actual: () => run('ptrace', [], 'amd64', { kernel: { major: 4, minor: 8 } }), expected: ALLOW },
  { name: 'ptrace on 4.7', actual: () => run('ptrace', [], 'amd64', { kernel: { major: 4, minor: 7 } }), expected: EPERM },
  { name: 'cacheflush on arm', actual: () => run('cacheflush', [], 'arm', { architecture: 'arm64' }), expected: ALLOW },
]

for (const { name, actual, expected } of verdicts) {
  test(`seccomp: ${name} is answered with 0x${expected.toString(16)}`, () => {
    assert.equal(actual(), expected)
  })
}

test('seccomp: calls of the future and of x32 do not exist, those of other machines kill', () => {
  const answerFilter = filter(defaultSeccompProfile, context)
  assert.equal(answerFilter({ architecture: 'amd64', number: 480, args: [] }).action, ENOSYS)
  assert.equal(answerFilter({ architecture: 'amd64', number: 0x40000000, args: [] }).action, ENOSYS)
  assert.equal(answerFilter({ architecture: 'amd64', number: 0xffffffff, args: [] }).action, ENOSYS)
  assert.equal(answerFilter({ architecture: 'arm64', number: 0, args: [] }).action, KILL_PROCESS)
})

test('seccomp: a profile that denies by name denies i386 its second door as well', () => {
  const denySocket: SeccompProfile = {
    defaultAction: 'SCMP_ACT_ALLOW',
    archMap: [{ architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] }],
    syscalls: [{ names: ['socket', 'shmget'], action: 'SCMP_ACT_ERRNO' }],
  }
  const answerFilter = filter(denySocket, context)
  const on = (name: string, first: bigint) =>
    answerFilter({ architecture: 'x86', number: syscallNumbers('x86').get(name) ?? -1, args: [first] }).action
  assert.deepEqual([on('socketcall', 1n), on('socketcall', 2n)], [EPERM, ALLOW])
  assert.deepEqual([on('ipc', 23n), on('ipc', 0x10017n), on('ipc', 24n)], [EPERM, EPERM, ALLOW])
  assert.equal(answerFilter({ architecture: 'amd64', number: 0x40000029, args: [] }).action, ENOSYS)
})

test('seccomp: the same profile and context are compiled once', () => {
  assert.equal(
    compileSeccomp(defaultSeccompProfile, context),
    compileSeccomp(defaultSeccompProfile, { ...context, capabilities: defaultCapabilities.toReversed() }),
  )
  assert.notDeepEqual(
    compileSeccomp(defaultSeccompProfile, context),
    compileSeccomp(defaultSeccompProfile, { ...context, capabilities: [] }),
  )
})
