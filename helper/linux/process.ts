/** Processes by descriptor: a number can come to mean another process, a descriptor cannot. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { constants } from 'node:os'
import { call, tryCall } from './call.ts'
import { linux } from './constants.ts'
import { SyscallError } from './errno.ts'

/** A descriptor of the process, or undefined when there is none by that number. Errors: SyscallError. */
export function openProcess(pid: number): number | undefined {
  const result = tryCall('pidfd_open', [pid, 0])
  if (result === -constants.errno.ESRCH || result === -constants.errno.EINVAL) return undefined
  if (result < 0) throw new SyscallError('pidfd_open', String(pid), -result)
  return result
}

/** A copy of another process's descriptor `number`, close-on-exec; undefined when it has none by that number, or is just ending. Errors: SyscallError. */
export function takeDescriptor(process: number, number: number): number | undefined {
  const result = tryCall('pidfd_getfd', [process, number, 0])
  if (result === -constants.errno.EBADF || result === -constants.errno.ESRCH) return undefined
  if (result < 0) throw new SyscallError('pidfd_getfd', `descriptor ${number}`, -result)
  return result
}

/** Another descriptor of the same, close-on-exec. Errors: SyscallError. */
export function copyDescriptor(fd: number): number {
  return call('fcntl', [fd, linux.F_DUPFD_CLOEXEC, 0], `descriptor ${fd}`)
}

/** Sets how early the kernel ends a process when memory runs out (-1000 to 1000). `process` is its descriptor; one that has ended is left alone. */
export function setOomScore(process: number, pid: number, score: number): void {
  let file: number
  try {
    file = openSync(`/proc/${pid}/oom_score_adj`, 'w')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  try {
    // Alive now, after the open: so the file is its own, and not that of a later process by the same number.
    if (signalProcess(process, 0)) writeSync(file, String(score))
  } finally {
    closeSync(file)
  }
}

const KCMP_VM = 1 // <linux/kcmp.h>

/** Whether the process uses the same memory as this one, as between a clone and its exec; false when the kernel does not tell. */
export function sharesMemory(pid: number): boolean {
  return tryCall('kcmp', [process.pid, pid, KCMP_VM, 0, 0]) === 0
}

/** Sends a signal; false when the process has ended. Errors: SyscallError. */
export function signalProcess(process: number, signal: number): boolean {
  const result = tryCall('pidfd_send_signal', [process, signal, 0, 0])
  if (result === -constants.errno.ESRCH) return false
  if (result < 0) throw new SyscallError('pidfd_send_signal', `signal ${signal}`, -result)
  return true
}

/** How a process ended: its own code, or 128 plus the signal that killed it. */
export function exitCodeOf(code: number, status: number): number {
  return code === 1 ? status : 128 + status
}

const INFO_SIZE = 128

/**
 * Reaps a child of this process: its exit code, undefined while it runs, null when it is no child of ours.
 * Errors: SyscallError.
 */
export function reapProcess(process: number, options: { wait: boolean }): number | null | undefined {
  const info = Buffer.alloc(INFO_SIZE)
  const how = linux.WEXITED | linux.__WALL | (options.wait ? 0 : linux.WNOHANG)
  const result = tryCall('waitid', [linux.P_PIDFD, process, info, how, 0])
  if (result === -constants.errno.ECHILD) return null
  if (result < 0) throw new SyscallError('waitid', 'process', -result)
  return info.readInt32LE(16) === 0 ? undefined : exitCodeOf(info.readInt32LE(8), info.readInt32LE(24))
}
