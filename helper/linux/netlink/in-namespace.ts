/** Work in another network namespace, on this thread and in one go. */
import { closeSync } from 'node:fs'
import { call, tryCall } from '../call.ts'
import { linux } from '../constants.ts'

const OWN = '/proc/thread-self/ns/net'

/**
 * Does `work` in the network namespace of a descriptor: a namespace's, or a process's. Sockets made there stay there. The work must
 * not wait for anything: whatever else runs on this thread would run there, too. Errors: SyscallError.
 */
export function inNamespace<T>(namespace: number, work: () => T): T {
  const home = openOwnNamespace()
  try {
    call('setns', [namespace, linux.CLONE_NEWNET], 'network namespace')
    try {
      return work()
    } finally {
      // In a foreign network namespace the helper could only do harm.
      if (tryCall('setns', [home, linux.CLONE_NEWNET]) !== 0) process.abort()
    }
  } finally {
    closeSync(home)
  }
}

/** A descriptor of the network namespace that this thread is in; the caller's to close. Errors: SyscallError. */
export function openOwnNamespace(): number {
  return call('openat', [linux.AT_FDCWD, OWN, linux.O_RDONLY | linux.O_CLOEXEC, 0], 'own network namespace')
}
