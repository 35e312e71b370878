import type { WaitResult } from '../api/container.ts'
import type { WaitCondition } from '../http/backend.ts'
import type { Container } from './container.ts'

/** Settles when the container meets the condition. */
export function waitForContainer(container: Container, condition: WaitCondition): Promise<WaitResult> {
  switch (condition) {
    case 'removed':
      return container.waiters.removal()
    case 'next-exit':
      return container.waiters.exit()
    case 'not-running':
      return container.running === undefined && container.restarting === undefined
        ? Promise.resolve({ StatusCode: container.record.state.exitCode })
        : container.waiters.exit()
  }
}
