import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Architecture } from './interpreter.ts'
import { link } from './link.ts'
import { type ModelCall, type ModelRun, runModel } from './model.fixture.ts'
import { ArgumentPlace, Cell, int32, Label, Program, stringArray, struct } from './program.ts'
import { type SyscallName, syscallNumber } from './syscalls.ts'

const ADDRESS = 0x7f12_3456_7000
const architectures: readonly Architecture[] = ['x64', 'arm64']

interface Run extends ModelRun {
  /** The 64-bit word in a cell. */
  read(cell: Cell, offset?: number): bigint
}

function run(program: Program, calls: Partial<Record<SyscallName, ModelCall>> = {}, architecture: Architecture = 'x64'): Run {
  const bytes = new Uint8Array(1 << 16)
  const linked = link(program, architecture, bytes, ADDRESS)
  const byNumber = Object.fromEntries(Object.entries(calls).map(([name, call]) => [syscallNumber(name as SyscallName, architecture), call]))
  const result = runModel(bytes, ADDRESS, byNumber)
  return { ...result, read: (cell, offset = 0) => result.memory.read64(BigInt(ADDRESS + linked.offsetOf(cell) + offset)) }
}

for (const architecture of architectures) {
  test(`${architecture}: calls are made in order with their arguments, and results are stored`, () => {
    const program = new Program()
    const result = new Cell()
    program.call('openat', [-100, 'a path', { value: 0x80000, text: 'O_CLOEXEC' }, 0o600], { result })
    program.call('getpid', [])
    program.end()
    const seen: unknown[] = []
    const { calls, read } = run(
      program,
      {
        openat: (args, memory) => {
          seen.push(args[0], memory.text(args[1] ?? 0n), args[2], args[3])
          return 7
        },
        getpid: () => 5,
      },
      architecture,
    )
    assert.deepEqual(seen, [-100n, 'a path', 0x80000n, 0o600n])
    assert.deepEqual(calls, [syscallNumber('openat', architecture), syscallNumber('getpid', architecture)])
    assert.equal(read(result), 7n)
  })
}

test('a run-time value reaches every argument that uses it, before and behind', () => {
  const program = new Program()
  const fd = new Cell()
  const again = new Label('again')
  const count = int32(3)
  const seen: bigint[] = []
  program.label(again)
  program.call('fcntl', [fd.value, fd.value]) // before the call that makes it: its initial 0, then the value of the round before
  program.call('openat', [0, 'x'], { result: fd })
  program.call('dup3', [fd.value, 3, fd.value])
  program.place(program.prepare('subtract', [count, int32(1)], { result: count, onZero: new Label('never'), onError: 'continue' }))
  const [last] = program.items.slice(-1)
  assert.ok(last !== undefined && last !== 'end' && !(last instanceof Label) && last.onZero !== undefined)
  program.jump(again)
  program.label(last.onZero)
  program.end()
  let next = 40
  const { read } = run(program, {
    openat: () => next++,
    dup3: (args) => {
      seen.push(args[0] ?? -1n, args[2] ?? -1n)
      return 3
    },
    fcntl: (args) => {
      seen.push(args[0] ?? -1n)
      return 0
    },
  })
  assert.deepEqual(seen, [0n, 40n, 40n, 40n, 41n, 41n, 41n, 42n, 42n])
  assert.equal(read(fd), 42n)
})

test('an error goes to the failure label, to its own, or on, as the call says', () => {
  const attempt = (onError: 'continue' | 'own' | undefined): string => {
    const program = new Program()
    const [failure, own] = [new Label('failure'), new Label('own')]
    program.failure = failure
    program.call('mkdirat', [0, 'x'], onError === undefined ? {} : { onError: onError === 'own' ? own : 'continue' })
    program.call('getpid', [])
    program.end()
    program.label(failure)
    program.call('close', [1])
    program.end()
    program.label(own)
    program.call('umask', [1], { onError: 'continue' })
    program.end()
    const { calls } = run(program, { mkdirat: () => -17, getpid: () => 1, close: () => 0, umask: () => 0 })
    return calls
      .map((number) => (['mkdirat', 'getpid', 'close', 'umask'] as const).find((name) => syscallNumber(name, 'x64') === number))
      .join(' ')
  }
  assert.equal(attempt(undefined), 'mkdirat close')
  assert.equal(attempt('continue'), 'mkdirat getpid')
  assert.equal(attempt('own'), 'mkdirat umask')
})

test('which errors fail a program', () => {
  const program = new Program()
  assert.equal(program.prepare('close', [1]).fails, false)
  program.failure = new Label('failure')
  assert.equal(program.prepare('close', [1]).fails, true)
  assert.equal(program.prepare('close', [1], { onError: 'continue' }).fails, false)
  assert.equal(program.prepare('close', [1], { onError: new Label('own') }).fails, false)
  assert.equal(program.prepare('close', [1], { onError: 'continue', fails: true }).fails, true)
})

const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })

test('whenEqual, subtract and copy are 32-bit, sign-extended, and wrap as the machine does', () => {
  fc.assert(
    fc.property(int, int, (left, right) => {
      const program = new Program()
      const [equal, end] = [new Label('equal'), new Label('end')]
      const [difference, copied, said] = [new Cell(), new Cell(), int32(0)]
      program.subtract(int32(left), int32(right), difference)
      program.copy(int32(left), copied)
      program.whenEqual(int32(left), int32(right), equal)
      program.jump(end)
      program.label(equal)
      program.copy(int32(1), said)
      program.label(end)
      program.end()
      const { read } = run(program)
      assert.equal(read(difference), BigInt((left - right) | 0))
      assert.equal(read(copied), BigInt(left))
      assert.equal(read(said), left === right ? 1n : 0n)
    }),
    { numRuns: 200 },
  )
})

test('a full 64-bit result can be stored in an argument of another call', () => {
  const program = new Program()
  let length: bigint | undefined
  const free = program.prepare('fallocate', [3, 0, 0, 0])
  program.call('lseek', [3, 0, 2], { result: new ArgumentPlace(free, 3) })
  program.place(free)
  program.end()
  run(program, {
    lseek: () => 0x1234_5678_9abc,
    fallocate: (args) => {
      length = args[3]
      return 0
    },
  })
  assert.equal(length, 0x1234_5678_9abcn)
})

test('structures and string arrays hold the addresses of what they point to', () => {
  const program = new Program()
  const seen: string[] = []
  const inner = new Cell(new TextEncoder().encode('inner\0'))
  program.call('execve', ['/bin/sh', stringArray(['sh', '-c', 'grüße', '']), struct([1, -2, 'text', inner, 0x1_0000_0001])])
  program.end()
  run(program, {
    execve: (args, memory) => {
      const word = (base: number, index: number) => memory.read64((args[base] ?? 0n) + BigInt(8 * index))
      for (let index = 0; word(1, index) !== 0n; index++) seen.push(memory.text(word(1, index)))
      assert.deepEqual([word(2, 0), word(2, 1), word(2, 4)], [1n, -2n, 0x1_0000_0001n])
      seen.push(memory.text(word(2, 2)), memory.text(word(2, 3)))
      return -2
    },
  })
  assert.deepEqual(seen, ['sh', '-c', 'grüße', '', 'text', 'inner'])
})

test('a loop of subtractions counts down and ends', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), (count) => {
      const program = new Program()
      const [again, done] = [new Label('again'), new Label('done')]
      const left = int32(count)
      program.label(again)
      program.call('getpid', [])
      program.place(program.prepare('subtract', [left, int32(1)], { result: left, onZero: done, onError: 'continue' }))
      program.jump(again)
      program.label(done)
      program.end()
      assert.equal(run(program, { getpid: () => 1 }).calls.length, count)
    }),
    { numRuns: 50 },
  )
})
