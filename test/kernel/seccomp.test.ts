/** Compiled seccomp filters on the running kernel, each attached to a process of its own. */
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { constants, release } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { defaultCapabilities } from '../../helper/container/capabilities.ts'
import { hosts, syscallNumbers } from '../../helper/container/seccomp/architectures.ts'
import { compileSeccomp } from '../../helper/container/seccomp/compile.ts'
import { defaultSeccompProfile } from '../../helper/container/seccomp/default-profile.ts'
import type { SeccompOperator, SeccompProfile } from '../../helper/container/seccomp/profile.ts'
import { architecture } from '../../helper/linux/interpreter.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { run, runChecked } from '../support/run.ts'

const { EPERM, ENOSYS, EINVAL, EBADF } = constants.errno
const CLONE_NEWUSER = 0x10000000n
const AF_UNIX = 1n
const AF_ALG = 38n
const AF_VSOCK = 40n
const SOCK_STREAM = 1n
const HIGH = 1n << 32n

const skip = existsSync('/usr/bin/gcc') ? false : 'no /usr/bin/gcc: the package gcc is not installed'
const skipI386 = architecture === 'x64' ? skip : 'this processor has no i386 way in'
const native = hosts[architecture][0]
const [major = 0, minor = 0] = release().split('.').map(Number)
const context = { capabilities: defaultCapabilities, architecture, kernel: { major, minor } }

let folder: TemporaryFolder

before(async () => {
  folder = makeTemporaryFolder('seccomp')
  if (skip !== false) return
  const source = join(import.meta.dirname, '../fixtures/filtered.c')
  await runChecked('gcc', ['-O1', '-Wall', '-Wextra', '-Werror', '-o', join(folder.path, 'filtered'), source])
})

after(() => folder[Symbol.asyncDispose]())

interface Attempt {
  readonly name: string
  readonly call: string
  readonly expected: number
}

function onNative(name: string, ...args: readonly bigint[]): string {
  return [syscallNumbers(native).get(name), ...args].join()
}

function i386(name: string, ...args: readonly bigint[]): string {
  return `i386:${[syscallNumbers('x86').get(name), ...args].join()}`
}

async function tryCalls(filter: Uint8Array, calls: readonly string[]): Promise<readonly number[]> {
  const path = join(folder.path, 'filter')
  writeFileSync(path, filter)
  const output = await runChecked(join(folder.path, 'filtered'), [path, ...calls])
  return output.trim().split('\n').map(Number)
}

async function check(profile: SeccompProfile, attempts: readonly Attempt[]): Promise<void> {
  const results = await tryCalls(
    compileSeccomp(profile, context),
    attempts.map(({ call }) => call),
  )
  assert.deepEqual(
    attempts.map(({ name }, index) => [name, results[index]]),
    attempts.map(({ name, expected }) => [name, expected]),
  )
}

test('seccomp: the kernel takes the default filter, and answers as it says', { skip }, async () => {
  await check(defaultSeccompProfile, [
    { name: 'socket(AF_ALG)', call: onNative('socket', AF_ALG, 5n), expected: -EPERM },
    { name: 'socket(1 << 32 | AF_ALG)', call: onNative('socket', HIGH | AF_ALG, 5n), expected: -EPERM },
    { name: 'socket(AF_VSOCK)', call: onNative('socket', AF_VSOCK, SOCK_STREAM), expected: -EPERM },
    { name: 'socket(AF_UNIX)', call: onNative('socket', AF_UNIX, SOCK_STREAM), expected: 3 },
    { name: 'socket(1 << 32 | AF_UNIX)', call: onNative('socket', HIGH | AF_UNIX, SOCK_STREAM), expected: 4 },
    { name: 'unshare(CLONE_NEWUSER)', call: onNative('unshare', CLONE_NEWUSER), expected: -EPERM },
    { name: 'clone(CLONE_NEWUSER)', call: onNative('clone', CLONE_NEWUSER), expected: -EPERM },
    { name: 'clone(1 << 32 | CLONE_NEWUSER)', call: onNative('clone', HIGH | CLONE_NEWUSER), expected: -EPERM },
    { name: 'clone3', call: onNative('clone3'), expected: -ENOSYS },
    { name: 'personality(0xffffffff)', call: onNative('personality', 0xffffffffn), expected: 0 },
    { name: 'personality(ADDR_NO_RANDOMIZE)', call: onNative('personality', 0x40000n), expected: -EPERM },
    { name: 'personality(1 << 32 | ADDR_NO_RANDOMIZE)', call: onNative('personality', HIGH | 0x40000n), expected: -EPERM },
    { name: 'io_uring_setup', call: onNative('io_uring_setup', 1n), expected: -EPERM },
    { name: 'userfaultfd', call: onNative('userfaultfd'), expected: -EPERM },
    { name: 'keyctl', call: onNative('keyctl', 0n, 0xfffffffdn), expected: -EPERM },
    { name: 'bpf', call: onNative('bpf'), expected: -EPERM },
    { name: 'perf_event_open', call: onNative('perf_event_open'), expected: -EPERM },
    { name: 'mount', call: onNative('mount'), expected: -EPERM },
    { name: 'open_by_handle_at', call: onNative('open_by_handle_at'), expected: -EPERM },
    { name: 'setns', call: onNative('setns', 0xffffffffn), expected: -EPERM },
    { name: 'close(-1), which is let by', call: onNative('close', 0xffffffffn), expected: -EBADF },
    { name: 'a call of the future', call: '5000', expected: -ENOSYS },
    { name: 'x32 getpid', call: `${0x40000000 + 39}`, expected: -ENOSYS },
  ])
})

test('seccomp: i386 calls are filtered by their own numbers', { skip: skipI386 }, async () => {
  await check(defaultSeccompProfile, [
    { name: 'socket(AF_ALG)', call: i386('socket', AF_ALG, 5n), expected: -EPERM },
    { name: 'socket(AF_UNIX)', call: i386('socket', AF_UNIX, SOCK_STREAM), expected: 3 },
    { name: 'unshare(CLONE_NEWUSER)', call: i386('unshare', CLONE_NEWUSER), expected: -EPERM },
    { name: 'clone3', call: i386('clone3'), expected: -ENOSYS },
    { name: 'mount', call: i386('mount'), expected: -EPERM },
    { name: 'close(-1)', call: i386('close', 0xffffffffn), expected: -EBADF },
    { name: 'a call of the future', call: 'i386:5000', expected: -ENOSYS },
  ])
})

test('seccomp: a profile without i386 ends a process that makes an i386 call', { skip: skipI386 }, async () => {
  const { archMap: _, ...nativeOnly } = defaultSeccompProfile
  const path = join(folder.path, 'native-only')
  writeFileSync(path, compileSeccomp(nativeOnly, context))
  const { signal } = await run(join(folder.path, 'filtered'), [path, i386('getpid')])
  assert.equal(signal, 'SIGSYS')
})

test('seccomp: the kernel compares arguments of 64 bits as the profile says', { skip }, async () => {
  const rule = (name: string, op: SeccompOperator, value: bigint, errnoRet: number, valueTwo = 0n) =>
    ({ names: [name], action: 'SCMP_ACT_ERRNO', errnoRet, args: [{ index: 0, op, value, valueTwo }] }) as const
  const profile: SeccompProfile = {
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [
      rule('msync', 'SCMP_CMP_EQ', HIGH | 1n, 101),
      rule('msync', 'SCMP_CMP_GT', 5n * HIGH, 102),
      rule('msync', 'SCMP_CMP_MASKED_EQ', HIGH << 1n, 103, HIGH << 1n),
    ],
  }
  await check(profile, [
    { name: 'equal', call: onNative('msync', HIGH | 1n), expected: -101 },
    { name: 'equal in the low half only', call: onNative('msync', 1n), expected: -EINVAL },
    { name: 'greater by the low half', call: onNative('msync', 5n * HIGH + 1n), expected: -102 },
    { name: 'greater by the high half', call: onNative('msync', 6n * HIGH), expected: -102 },
    { name: 'not greater, but with the bit', call: onNative('msync', 2n * HIGH + 1n), expected: -103 },
    { name: 'without the bit', call: onNative('msync', 4n * HIGH + 1n), expected: -EINVAL },
  ])
})
