/** A failed system call: its name, what it was about, and why. */
import { constants } from 'node:os'

const names = new Map<number, string>(Object.entries(constants.errno).map(([name, number]) => [number, name]))
names.set(constants.errno.EAGAIN, 'EAGAIN')
names.set(constants.errno.ENOTSUP, 'ENOTSUP')

/** The name of an errno, such as `ENOENT`. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? `errno ${errno}`
}

export class SyscallError extends Error {
  override readonly name = 'SyscallError'
  readonly call: string
  readonly operand: string
  readonly errno: number
  /** The errno's name. */
  readonly code: string

  constructor(call: string, operand: string, errno: number) {
    super(`${call} ${operand}: ${errnoName(errno)}`)
    this.call = call
    this.operand = operand
    this.errno = errno
    this.code = errnoName(errno)
  }
}
