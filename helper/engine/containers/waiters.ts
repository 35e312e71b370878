/** Those who wait for a container's end. */
import type { WaitResult } from '../../api/container.ts'

type Settle = (result: WaitResult) => void

export class Waiters {
  private readonly exits = new Set<Settle>()
  private readonly removals = new Set<Settle>()

  /** Settles at the next exit; the signal says that nobody waits any longer. */
  exit(signal?: AbortSignal): Promise<WaitResult> {
    return waitIn(this.exits, signal)
  }

  /** Settles when the container has been removed. */
  removal(signal?: AbortSignal): Promise<WaitResult> {
    return waitIn(this.removals, signal)
  }

  exited(result: WaitResult): void {
    settle(this.exits, result)
  }

  removed(result: WaitResult): void {
    settle(this.exits, result)
    settle(this.removals, result)
  }
}

function waitIn(waiting: Set<Settle>, signal: AbortSignal | undefined): Promise<WaitResult> {
  return new Promise((resolve) => {
    waiting.add(resolve)
    signal?.addEventListener('abort', () => waiting.delete(resolve), { once: true })
  })
}

function settle(waiting: Set<Settle>, result: WaitResult): void {
  const all = [...waiting]
  waiting.clear()
  for (const resolve of all) resolve(result)
}
