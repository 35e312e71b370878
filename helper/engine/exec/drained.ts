/** When the output of a process that has ended is over, though others may hold it open. */
import { setImmediate, setTimeout } from 'node:timers/promises'

/** Milliseconds. */
export const DRAIN_TIME = 200

/** Resolves when nothing more of an ended process's can be on its way: as long as the client does not take what is there, all of it waits. */
export async function drained(sink: { readonly isFull: boolean }): Promise<void> {
  do {
    await setTimeout(DRAIN_TIME, undefined, { ref: false })
    // Where this thread was busy all that time, the timer comes before the look at what there is to read.
    await setImmediate()
  } while (sink.isFull)
}
