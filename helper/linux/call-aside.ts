/** Single system calls on another thread, for those that wait for a disk. */
import { constants } from 'node:os'
import { SyscallError } from './errno.ts'
import { architecture, END, ENTRY_SIZE, RESULT_WORD } from './interpreter.ts'
import { type Arena, mapArena, runAside } from './machine.ts'
import { type SyscallName, syscallNumber } from './syscalls.ts'

const RESULT = 2 * ENTRY_SIZE

/** Arenas are never unmapped: as many are kept as calls have ever run at once. */
const free: Arena[] = []

/** As `call`, on a thread of its own (66 µs on top); the arguments are numbers only. Errors: SyscallError. */
export async function callAside(name: SyscallName, args: readonly number[], operand: string): Promise<number> {
  const arena = free.pop() ?? mapArena(RESULT + 8)
  try {
    const result = await callUntilDone(arena, name, args)
    if (result < 0) throw new SyscallError(name, operand, -result)
    return result
  } finally {
    free.push(arena)
  }
}

async function callUntilDone(arena: Arena, name: SyscallName, args: readonly number[]): Promise<number> {
  const words = new BigInt64Array(arena.bytes.buffer)
  for (;;) {
    words[0] = BigInt(syscallNumber(name, architecture))
    for (let index = 0; index < 6; index++) words[1 + index] = BigInt(args[index] ?? 0)
    words[RESULT_WORD] = BigInt(arena.address + RESULT)
    words[ENTRY_SIZE / 8] = BigInt(END)
    await runAside(arena.address)
    const result = Number(words[RESULT / 8])
    if (result !== -constants.errno.EINTR) return result
  }
}
