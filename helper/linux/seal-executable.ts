/** This process on an executable that nobody can write to. */

import { call } from './call.ts'
import { linux } from './constants.ts'
import { architecture } from './interpreter.ts'
import { link } from './link.ts'
import { mapArena, run } from './machine.ts'
import { Cell, Program, stringArray } from './program.ts'

const SEALED = 'POCKER_EXECUTABLE_SEALED'

/**
 * Executes this program again from a read-only mount of its own file, which is attached nowhere (45 ms, once per helper).
 * Until they execute, a container's processes have the helper's executable as theirs: a container that may trace could open
 * /proc/PID/exe then, and write to it later (CVE-2019-5736). Through this mount it cannot, whatever it may do otherwise.
 * Returns in the process that is sealed already. Errors: SyscallError.
 */
export function sealExecutable(): void {
  if (process.env[SEALED] === '1') {
    delete process.env[SEALED]
    return
  }
  const mount = call('open_tree', [linux.AT_FDCWD, process.execPath, linux.OPEN_TREE_CLONE | linux.O_CLOEXEC], process.execPath)
  const readOnly = new Uint8Array(new BigUint64Array([BigInt(linux.MOUNT_ATTR_RDONLY), 0n, BigInt(linux.MS_PRIVATE), 0n]).buffer)
  call('mount_setattr', [mount, '', linux.AT_EMPTY_PATH, readOnly, readOnly.length], process.execPath)
  // Node marks its own standard streams to be closed by exec.
  for (const fd of [0, 1, 2]) call('fcntl', [fd, linux.F_SETFD, 0], `descriptor ${fd}`)
  const environment = Object.entries({ ...process.env, [SEALED]: '1' }).map(([name, value]) => `${name}=${value ?? ''}`)
  execute(mount, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], environment)
}

function execute(file: number, args: readonly string[], environment: readonly string[]): never {
  const program = new Program()
  const result = new Cell()
  program.call('execveat', [file, '', stringArray(args), stringArray(environment), linux.AT_EMPTY_PATH], { result })
  program.end()
  const arena = mapArena([...args, ...environment].reduce((size, text) => size + Buffer.byteLength(text) + 24, 4096))
  link(program, architecture, arena.bytes, arena.address)
  run(arena.address)
  throw new Error('execute the helper from its sealed file: the kernel refused')
}
