import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const DEADLINE = 3_000

/**
 * Ends all processes that have `mark`, a `NAME=value` that nobody else has, in their environment: an editor's processes leave its group and
 * outlive it by seconds. Those that do not go by SIGTERM are killed.
 */
export async function endMarked(mark: string): Promise<void> {
  const deadline = performance.now() + DEADLINE
  for (let signal: NodeJS.Signals = 'SIGTERM'; ; ) {
    const pids = listMarked(mark)
    if (pids.length === 0) return
    for (const pid of pids) end(pid, signal)
    await sleep(50)
    if (performance.now() > deadline) signal = 'SIGKILL'
  }
}

function listMarked(mark: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && isMarked(pid, mark))
}

function isMarked(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark) && !isZombie(pid)
  } catch {
    // Ended meanwhile, or another user's.
    return false
  }
}

function isZombie(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Ended meanwhile.
  }
}
