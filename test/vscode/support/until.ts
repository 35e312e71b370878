import { setTimeout as sleep } from 'node:timers/promises'

/** How long anything in the editor may take; a machine with two cores that is busy needs seconds for what else takes a tenth of one. */
export const PATIENCE = 20_000

/**
 * Asks until the answer is not undefined, and returns it. Errors: one that says `what` was waited for, and `seen`, what was there instead.
 */
export async function until<T>(what: string, ask: () => Promise<T | undefined>, seen?: () => Promise<unknown>): Promise<T> {
  const deadline = performance.now() + PATIENCE
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > deadline) {
      const instead = seen === undefined ? '' : `; there is ${JSON.stringify(await seen())}`
      throw new Error(`wait for ${what}: not within ${PATIENCE / 1000} s${instead}`)
    }
    await sleep(50)
  }
}

/** As `until`, for what is true or not. */
export async function untilTrue(what: string, ask: () => Promise<boolean>, seen?: () => Promise<unknown>): Promise<void> {
  await until(what, async () => ((await ask()) ? true : undefined), seen)
}

export interface Doing {
  readonly isDone: () => Promise<boolean>
  readonly act: () => Promise<unknown>
  /** Milliseconds in which something comes of it. */
  readonly patience: number
}

/** As `untilTrue`, acting for it: once more where nothing has come of it, as of what was drawn anew under the mouse, and as whoever clicks does. */
export async function untilDone(what: string, { isDone, act, patience }: Doing, seen?: () => Promise<unknown>): Promise<void> {
  let acted = Number.NEGATIVE_INFINITY
  await untilTrue(
    what,
    async () => {
      if (await isDone()) return true
      if (performance.now() - acted < patience) return false
      await act()
      acted = performance.now()
      return false
    },
    seen,
  )
}
