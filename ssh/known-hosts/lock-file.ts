/** One process at a time, by a file that only one of them can make. */
import { randomUUID } from 'node:crypto'
import { closeSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds. What is done under the lock takes less than one: a lock of that age is of a process that was killed. */
const STALE = 5000
const BETWEEN_LOOKS = 5

/**
 * Does the work while no other process does it under the same lock. Where no lock can be made, as in a folder that is not the user's, it is done all
 * the same. Errors: those of the work.
 */
export async function underLock(lock: string, work: () => void): Promise<void> {
  const isHeld = await take(lock)
  try {
    work()
  } finally {
    if (isHeld) rmSync(lock, { force: true })
  }
}

async function take(lock: string): Promise<boolean> {
  for (;;) {
    try {
      closeSync(openSync(lock, 'wx', 0o600))
      return true
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return false
    }
    if (!removeStale(lock)) await sleep(BETWEEN_LOOKS)
  }
}

/** Of several who find the same one only one can rename it away. */
function removeStale(lock: string): boolean {
  const found = statSync(lock, { throwIfNoEntry: false })
  if (found === undefined) return true
  if (Math.abs(Date.now() - found.mtimeMs) < STALE) return false
  const aside = `${lock}.${randomUUID()}`
  try {
    renameSync(lock, aside)
    rmSync(aside)
    return true
  } catch {
    // Another was faster.
    return false
  }
}
