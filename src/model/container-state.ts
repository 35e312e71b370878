/** The states that a container's row shows: more than the engine's, for an exit code and a health check tell more. */
import type { ContainerRow } from './rows.ts'

export type ContainerState =
  | 'running'
  | 'healthy'
  | 'starting'
  | 'unhealthy'
  | 'paused'
  | 'restarting'
  | 'created'
  | 'removing'
  | 'dead'
  | 'out-of-memory'
  | 'failed'
  /** Ended by a signal, as most that are stopped: no failure of its own. */
  | 'killed'
  | 'ended'

/** 128 + the signal: HUP, INT, KILL, TERM. What SEGV or ABRT end has failed. */
const ENDED_FROM_OUTSIDE = [129, 130, 137, 143]

/** The state of a container. */
export function containerState({ status, health, isOutOfMemory, exitCode = 0 }: ContainerRow): ContainerState {
  switch (status) {
    case 'running':
      return health ?? 'running'
    case 'exited':
      if (isOutOfMemory) return 'out-of-memory'
      if (exitCode === 0) return 'ended'
      return ENDED_FROM_OUTSIDE.includes(exitCode) ? 'killed' : 'failed'
    default:
      return status
  }
}

/** Whether there is a process, running or not. */
export function isLive({ status }: ContainerRow): boolean {
  return status === 'running' || status === 'paused' || status === 'restarting'
}

/** Whether somebody should look at it. */
export function isProblem(row: ContainerRow): boolean {
  return ['unhealthy', 'restarting', 'dead', 'out-of-memory', 'failed'].includes(containerState(row))
}
