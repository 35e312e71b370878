/** Starting Pocker on this machine. */
import type { StartPurpose } from './local/start-purpose.ts'

export interface LocalStart {
  /** Why it cannot be started from here at all, as an error in words; undefined where it can, perhaps. */
  readonly impossible: Error | undefined
  /** Whether it needs nothing of the user: no password, no consent. */
  readonly asksNothing: boolean
  /** Resolves when the helper listens. Errors: in words, with a code; given up by the user: `cancelled`. */
  start(purpose: StartPurpose): Promise<void>
}
