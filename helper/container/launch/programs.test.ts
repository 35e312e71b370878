/** The keeper and the init as lists of calls, and as far as they need no kernel, run by the model of the interpreter. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { link } from '../../linux/link.ts'
import { type ModelCall, runModel } from '../../linux/model.fixture.ts'
import type { Program } from '../../linux/program.ts'
import { type SyscallName, syscallNumber } from '../../linux/syscalls.ts'
import { transcribe } from '../plan.fixture.ts'
import { initProgram } from './init.ts'
import { keeperProgram } from './keeper.ts'
import { starterProgram } from './starter.ts'

const init = () => initProgram({ candidates: ['/usr/bin/app', '/bin/app'], args: ['app', 'word'], env: ['A=1'] })

for (const [name, program] of [
  ['keeper of pipes', keeperProgram({ terminal: false, logHalf: 0 })],
  ['keeper of a terminal, with a limit', keeperProgram({ terminal: true, logHalf: 1 << 20 })],
  ['init', init()],
  [
    'starter',
    starterProgram({ candidates: ['/usr/bin/app', '/bin/app'], args: ['app', 'word'], env: ['A=1'], terminal: false, waits: false }),
  ],
  [
    'starter of a terminal, that waits',
    starterProgram({ candidates: ['/bin/app'], args: ['/bin/app'], env: [], terminal: true, waits: true }),
  ],
] as const) {
  test(`the whole program: ${name}`, (t) => {
    t.assert.snapshot(transcribe(program).join('\n'), { serializers: [String] })
  })
}

class Ended extends Error {
  readonly code: number
  constructor(code: number) {
    super(`ended with ${code}`)
    this.code = code
  }
}

const nothing = () => 0

/** Runs a program until exit_group; its code. */
function runUntilExit(program: Program, calls: Partial<Record<SyscallName, ModelCall>>): number {
  const bytes = new Uint8Array(1 << 16)
  const address = 0x600000
  link(program, 'x64', bytes, address)
  const all: Partial<Record<SyscallName, ModelCall>> = {
    exit_group: (args) => {
      throw new Ended(Number(args[0]))
    },
    ...calls,
  }
  const byNumber = Object.fromEntries(Object.entries(all).map(([name, call]) => [syscallNumber(name as SyscallName, 'x64'), call]))
  try {
    runModel(bytes, address, byNumber)
  } catch (error) {
    if (error instanceof Ended) return error.code
    throw error
  }
  assert.fail('it came to an end entry')
}

/** What waitid puts into its siginfo: pid and si_code, si_status. */
function reap(pid: number, code: number, status: number): ModelCall {
  return (args, memory) => {
    const info = args[2] ?? 0n
    memory.write64(info + 8n, BigInt(code))
    memory.write64(info + 16n, BigInt(pid))
    memory.write64(info + 24n, BigInt(status))
    return 0
  }
}

const SIGCHLD = 17

test('init forwards signals, reaps whoever ends, and leaves with its own child', () => {
  const kills: bigint[][] = []
  const signals = [15, SIGCHLD, 10, SIGCHLD]
  const reaped = [reap(0, 0, 0), reap(99, 1, 3), reap(0, 0, 0), reap(98, 2, 9), reap(42, 1, 7)]
  const code = runUntilExit(init(), {
    prctl: nothing,
    fcntl: nothing,
    close: nothing,
    clone: () => 42,
    waitid: (args, memory) => (reaped.shift() ?? assert.fail('reaped too often'))(args, memory),
    rt_sigtimedwait: () => signals.shift() ?? assert.fail('waited too often'),
    kill: (args) => {
      kills.push(args.slice(0, 2))
      return 0
    },
  })
  assert.equal(code, 7)
  assert.deepEqual(kills, [
    [42n, 15n],
    [42n, 10n],
  ])
})

test('init says 128 and the signal for a command that was killed', () => {
  const code = runUntilExit(init(), { prctl: nothing, fcntl: nothing, close: nothing, clone: () => 42, waitid: reap(42, 2, 11) })
  assert.equal(code, 139)
})

test('init waits on when it is interrupted, or has nobody to wait for', () => {
  let waits = 0
  const code = runUntilExit(init(), {
    prctl: nothing,
    fcntl: nothing,
    close: nothing,
    clone: () => 42,
    waitid: (args, memory) => (waits < 3 ? -10 : reap(42, 1, 0)(args, memory)),
    rt_sigtimedwait: () => (++waits < 3 ? -4 : SIGCHLD),
  })
  assert.deepEqual([code, waits], [0, 3])
})

test("init's child tries each candidate and reports every errno", () => {
  const tried: string[] = []
  let report: bigint[] = []
  const code = runUntilExit(init(), {
    prctl: nothing,
    fcntl: nothing,
    clone: () => 0,
    setpgid: nothing,
    getpid: () => 2,
    ioctl: () => -25,
    rt_sigprocmask: nothing,
    execve: (args, memory) => {
      tried.push(memory.text(args[0] ?? 0n))
      assert.equal(memory.text(memory.read64((args[1] ?? 0n) + 8n)), 'word')
      assert.equal(memory.text(memory.read64(args[2] ?? 0n)), 'A=1')
      return tried.length === 1 ? -2 : -13
    },
    write: (args, memory) => {
      report = [args[0] ?? 0n, memory.read64(args[1] ?? 0n), memory.read64((args[1] ?? 0n) + 8n), args[2] ?? 0n]
      return 16
    },
  })
  assert.deepEqual(tried, ['/usr/bin/app', '/bin/app'])
  assert.deepEqual(report, [3n, -2n, -13n, 16n])
  assert.equal(code, 127)
})

const POLLIN = 1n << 16n
const POLLHUP = 0x10n << 16n

test('the keeper logs what is there, closes a stream at its end, and records the exit when all is drained', () => {
  const events: string[] = []
  // What poll finds, round after round, for: stdout, stderr, signal, container.
  const rounds: readonly (readonly bigint[])[] = [
    [POLLIN, 0n, 0n, 0n],
    [0n, POLLIN, 0n, 0n],
    [POLLHUP, 0n, 0n, 0n],
    [0n, 0n, POLLIN, 0n],
    [0n, 0n, 0n, POLLIN],
    [0n, POLLHUP, 0n, 0n], // the look behind the exit finds the other stream's end,
    [0n, POLLHUP, 0n, POLLIN], // and so does the next round
    [0n, 0n, 0n, POLLIN],
    [0n, 0n, 0n, 0n],
  ]
  let round = 0
  const code = runUntilExit(keeperProgram({ terminal: false, logHalf: 0 }), {
    prctl: nothing,
    ppoll: (args, memory) => {
      const found = rounds[round++] ?? assert.fail('polled too often')
      let count = 0
      for (let index = 0n; index < (args[1] ?? 0n); index++) {
        const at = (args[0] ?? 0n) + 8n * index
        const entry = memory.read64(at)
        // The kernel passes over negative descriptors, and clears what it had found.
        const isOpen = (entry & 0x8000_0000n) === 0n
        const revents = isOpen ? (found[Number(index)] ?? 0n) : 0n
        if (revents !== 0n) count++
        memory.write64(at, (entry & 0x0000_ffff_ffff_ffffn) | (revents << 32n))
      }
      return count
    },
    read: (args) => {
      if (args[0] === 11n) events.push('signal')
      else events.push(`read ${args[0]}`)
      return args[0] === 11n ? 128 : rounds[round - 1]?.includes(POLLHUP) === true ? 0 : 5
    },
    clock_gettime: nothing,
    writev: (args, memory) => {
      const header = memory.read64(args[1] ?? 0n)
      assert.equal(memory.read64((args[1] ?? 0n) + 24n), 5n)
      assert.equal(memory.read64(header + 8n), 5n)
      events.push(`log ${memory.read64(header) >> 32n}`)
      return 37
    },
    close: (args) => {
      events.push(`close ${args[0]}`)
      return 0
    },
    waitid: nothing,
    write: (args) => {
      events.push(`record ${args[0]} ${args[2]}`)
      return 144
    },
  })
  assert.equal(code, 0)
  assert.deepEqual(events, ['read 6', 'log 1', 'read 7', 'log 2', 'read 6', 'signal', 'close 8', 'read 7', 'record 3 144', 'record 9 144'])
  assert.equal(round, rounds.length)
})
