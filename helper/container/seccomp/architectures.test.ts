import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CallArchitecture, syscallNumbers } from './architectures.ts'

const known: readonly { name: string; numbers: Readonly<Record<CallArchitecture, number | undefined>> }[] = [
  { name: 'read', numbers: { amd64: 0, x86: 3, arm64: 63, arm: 3 } },
  { name: 'openat', numbers: { amd64: 257, x86: 295, arm64: 56, arm: 322 } },
  { name: 'socket', numbers: { amd64: 41, x86: 359, arm64: 198, arm: 281 } },
  { name: 'semget', numbers: { amd64: 64, x86: 393, arm64: 190, arm: 299 } },
  { name: 'socketcall', numbers: { amd64: undefined, x86: 102, arm64: undefined, arm: undefined } },
  { name: 'seccomp', numbers: { amd64: 317, x86: 354, arm64: 277, arm: 383 } },
  { name: 'clone3', numbers: { amd64: 435, x86: 435, arm64: 435, arm: 435 } },
  { name: 'file_setattr', numbers: { amd64: 469, x86: 469, arm64: 469, arm: 469 } },
  { name: 'cacheflush', numbers: { amd64: undefined, x86: undefined, arm64: undefined, arm: 0xf0002 } },
]

for (const { name, numbers } of known) {
  test(`system call numbers: ${name}`, () => {
    const find = (architecture: CallArchitecture) => syscallNumbers(architecture).get(name)
    assert.deepEqual({ amd64: find('amd64'), x86: find('x86'), arm64: find('arm64'), arm: find('arm') }, numbers)
  })
}
