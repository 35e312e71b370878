import type { WaitResult } from '../../api/container.ts'
import type { WaitCondition } from '../../http/backend.ts'
import type { Container } from './container.ts'

/** Settles when the container meets the condition; never, once the client has gone. */
export function waitForContainer(container: Container, condition: WaitCondition, signal: AbortSignal): Promise<WaitResult> {
  switch (condition) {
    case 'removed':
      return container.waiters.removal(signal)
    case 'next-exit':
      return container.waiters.exit(signal)
    case 'not-running':
      return container.running === undefined && container.restarting === undefined
        ? Promise.resolve({ StatusCode: container.record.state.exitCode })
        : container.waiters.exit(signal)
  }
}
