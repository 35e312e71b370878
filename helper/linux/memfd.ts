/** Programs in memory. */
import { writeSync } from 'node:fs'
import { constants } from 'node:os'
import { call, tryCall } from './call.ts'
import { linux } from './constants.ts'
import { SyscallError } from './errno.ts'

const ALL_SEALS = 0xf

/** A descriptor of a program file in memory that nobody can change, whoever gets hold of it. Errors: SyscallError. */
export function sealedProgram(name: string, bytes: Uint8Array): number {
  const fd = createExecutable(name)
  writeSync(fd, bytes)
  call('fcntl', [fd, linux.F_ADD_SEALS, ALL_SEALS], name)
  return fd
}

/** MFD_EXEC is wanted where vm.memfd_noexec is 1, and unknown to kernels before 6.3. */
function createExecutable(name: string): number {
  const flags = linux.MFD_CLOEXEC | linux.MFD_ALLOW_SEALING
  const fd = tryCall('memfd_create', [name, flags | linux.MFD_EXEC])
  if (fd >= 0) return fd
  if (fd !== -constants.errno.EINVAL) throw new SyscallError('memfd_create', name, -fd)
  return call('memfd_create', [name, flags], name)
}
