/** Those who wait for a container's end. */
import type { WaitResult } from '../api/container.ts'

type Settle = (result: WaitResult) => void

export class Waiters {
  private readonly exits = new Set<Settle>()
  private readonly removals = new Set<Settle>()

  /** Settles at the next exit. */
  exit(): Promise<WaitResult> {
    return new Promise((resolve) => this.exits.add(resolve))
  }

  /** Settles when the container has been removed. */
  removal(): Promise<WaitResult> {
    return new Promise((resolve) => this.removals.add(resolve))
  }

  exited(result: WaitResult): void {
    settle(this.exits, result)
  }

  removed(result: WaitResult): void {
    settle(this.exits, result)
    settle(this.removals, result)
  }
}

function settle(waiting: Set<Settle>, result: WaitResult): void {
  const all = [...waiting]
  waiting.clear()
  for (const resolve of all) resolve(result)
}
