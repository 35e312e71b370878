import { setTimeout as sleep } from 'node:timers/promises'
import { PockerError } from '../../api/errors.ts'
import type { HelperFacts } from '../../api/helper.ts'
import { askHelper } from './running-helper.ts'

/** A slow machine takes ten seconds to start a helper; one that has ended is noticed at once. */
const DEADLINE = 60_000
const POLL = 50

export interface Waiting {
  /** The error's code when nobody answers. */
  readonly code: string
  /** Why it is no use to wait on, if so. */
  readonly ended: () => Promise<string | false>
  readonly hint: string
}

/** Waits until a helper answers at the socket. Errors: Unavailable, by `waiting.code`, after a minute or once it has ended. */
export async function untilAnswering(socket: string, waiting: Waiting): Promise<HelperFacts> {
  const deadline = performance.now() + DEADLINE
  for (;;) {
    const facts = await askHelper(socket)
    if (facts !== undefined) return facts
    const reason = performance.now() > deadline ? `no answer at ${socket} within ${DEADLINE / 1000} seconds` : await waiting.ended()
    if (reason !== false) {
      throw new PockerError('Unavailable', `start the helper: ${reason}`, { code: waiting.code, hint: waiting.hint })
    }
    await sleep(POLL)
  }
}
