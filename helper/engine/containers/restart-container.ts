import type { EngineContext } from '../context.ts'
import type { Container } from './container.ts'
import { tell } from './container-events.ts'
import { ENDED } from './ended.ts'
import { startContainer } from './start-container.ts'
import { cancelRestart, type StopOptions, stopContainer } from './stop-container.ts'

/** Stops the container if it runs, and starts it. Call it under its lock. */
export async function restartContainer(context: EngineContext, container: Container, options: StopOptions): Promise<void> {
  cancelRestart(container)
  container.restarting = 'now' // those who follow its log go on over this end
  try {
    if (container.running !== undefined) await stopContainer(context, container, options)
    container.restarts = 0
    await startContainer(context, container)
  } finally {
    container.restarting = undefined
    if (container.running === undefined) container.ended.abort(ENDED)
  }
  tell(context, container, 'restart')
}
