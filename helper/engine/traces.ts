/** The traces of containers that are gone: one of `run --rm` may be, before anybody can ask for it. */
import type { StepTime } from '../container/launch/launch.ts'

const KEPT = 100

export class Traces {
  private readonly times = new Map<string, readonly StepTime[]>()

  /** Of the containers kept here the oldest gives way. */
  keep(id: string, times: readonly StepTime[]): void {
    this.times.set(id, times)
    if (this.times.size <= KEPT) return
    for (const [oldest] of this.times) {
      this.times.delete(oldest)
      return
    }
  }

  /** By full ID. */
  find(id: string): readonly StepTime[] | undefined {
    return this.times.get(id)
  }
}
