import { readdirSync, readFileSync, statSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const DEADLINE = 10_000

/**
 * Ends a helper that a command has started from the build in `out` before that build was last made anew, so that the next command starts
 * the new one, which takes its containers over. Resolves to its process number, or to undefined when there was none.
 */
export async function endStaleHelper(out: string): Promise<number | undefined> {
  const built = statSync(join(out, 'helper.mjs')).mtimeMs
  const pid = readdirSync('/proc')
    .map(Number)
    .find((number) => number > 0 && isHelperOf(out, number) && startOf(number) < built)
  if (pid === undefined) return undefined
  process.kill(pid, 'SIGTERM')
  const deadline = performance.now() + DEADLINE
  while (isHelperOf(out, pid)) {
    if (performance.now() > deadline)
      throw new Error(`end the helper ${pid} of an earlier build: it is still there after ${DEADLINE / 1000} s`)
    await sleep(20)
  }
  return pid
}

/** One at the default socket: others belong to tests or to whoever gave them places of their own. */
function isHelperOf(out: string, pid: number): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return words.includes(join(out, 'pocker.mjs')) && words.includes('helper') && words.includes('/run/pocker/pocker.sock')
  } catch {
    // Ended meanwhile.
    return false
  }
}

/** When a process started, in milliseconds since 1970: field 22 of its stat is in hundredths of a second since the boot. */
function startOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  return Date.now() - uptime() * 1000 + ticks * 10
}
