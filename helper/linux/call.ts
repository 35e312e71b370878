/** Single system calls from JavaScript, through the same interpreter as the launch programs: the errno is the result itself. */
import { constants } from 'node:os'
import { SyscallError } from './errno.ts'
import { architecture, END, ENTRY_SIZE, RESULT_WORD } from './interpreter.ts'
import { mapArena, run } from './machine.ts'
import { type SyscallName, syscallNumber } from './syscalls.ts'

/** A number, text for a NUL-terminated string, or bytes: bytes are copied in before the call and back after it. */
export type Argument = number | string | Uint8Array

const ARENA_SIZE = 1 << 18
const arena = mapArena(ARENA_SIZE)
const bytes = Buffer.from(arena.bytes.buffer)
const RESULT = 2 * ENTRY_SIZE
const SCRATCH = RESULT + 8

writeNumber(ENTRY_SIZE, END)

/**
 * Makes one system call, again after EINTR, and returns its result.
 * `operand` says in errors what the call was about.
 * Errors: SyscallError.
 */
export function call(name: SyscallName, args: readonly Argument[], operand: string): number {
  const result = tryCall(name, args)
  if (result < 0) throw new SyscallError(name, operand, -result)
  return result
}

/** As `call`, but an error is the negative errno. */
export function tryCall(name: SyscallName, args: readonly Argument[]): number {
  for (;;) {
    const result = callOnce(name, args)
    if (result !== -constants.errno.EINTR) return result
  }
}

function callOnce(name: SyscallName, args: readonly Argument[]): number {
  writeNumber(0, syscallNumber(name, architecture))
  writeNumber(8 * RESULT_WORD, arena.address + RESULT)
  let free = SCRATCH
  for (let index = 0; index < 6; index++) {
    const argument = args[index] ?? 0
    if (typeof argument === 'number') {
      writeNumber(8 + 8 * index, argument)
      continue
    }
    writeNumber(8 + 8 * index, arena.address + free)
    free += copyIn(argument, free)
  }
  run(arena.address)
  const result = Number(bytes.readBigInt64LE(RESULT))
  copyBack(args)
  return result
}

function copyIn(argument: string | Uint8Array, at: number): number {
  const length = typeof argument === 'string' ? Buffer.byteLength(argument) + 1 : argument.length
  if (at + length > ARENA_SIZE) throw new RangeError(`system call arguments of ${length} bytes do not fit`)
  if (typeof argument === 'string') {
    bytes.write(argument, at, 'utf8')
    bytes[at + length - 1] = 0
  } else bytes.set(argument, at)
  return (length + 7) & ~7
}

function copyBack(args: readonly Argument[]): void {
  let at = SCRATCH
  for (const argument of args) {
    if (typeof argument === 'number') continue
    const length = typeof argument === 'string' ? Buffer.byteLength(argument) + 1 : argument.length
    if (argument instanceof Uint8Array) argument.set(arena.bytes.subarray(at, at + length))
    at += (length + 7) & ~7
  }
}

function writeNumber(offset: number, value: number): void {
  bytes.writeInt32LE(value | 0, offset)
  bytes.writeInt32LE(Math.floor(value / 0x100000000), offset + 4)
}
