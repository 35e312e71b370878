/** Memory that a burst of requests took, given back when it is over. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { z } from 'zod'
import { trimMemory } from './linux/machine.ts'

/** Milliseconds without a request: a collection takes some 20 of them, in which nobody is served. */
const QUIET = 3000
const collector = z.custom<() => void>((value) => typeof value === 'function')

/**
 * V8 collects when it allocates: after 600 starts the helper would keep 60 MB of garbage for as long as nothing happens.
 * `lastActivity`: milliseconds since 1970.
 */
export function freeWhenQuiet(lastActivity: () => number): void {
  setFlagsFromString('--expose-gc')
  const collect = collector.parse(runInNewContext('gc'))
  let collected = Date.now()
  const check = (): void => {
    const last = lastActivity()
    if (last <= collected || Date.now() - last < QUIET) return
    collect()
    trimMemory()
    collected = Date.now()
  }
  setInterval(check, QUIET / 3).unref()
}
