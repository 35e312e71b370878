import { livesSchema } from '../../helper/api/lives.ts'
import type { EngineClient } from '../client/engine-client.ts'
import { isNotFound } from '../client/engine-problem.ts'
import type { Life } from './lives.ts'
import { parseTime } from './log-time.ts'

/** The lives that a Pocker host remembers of a container, the oldest first, also those before its helper's start. None of one that has gone. Errors: EngineError. */
export async function pastLives(client: EngineClient, containerId: string, signal: AbortSignal): Promise<readonly Life[]> {
  try {
    const { lives } = await client.ask('GET', `/pocker/containers/${encodeURIComponent(containerId)}/lives`, livesSchema, { signal })
    return lives.map(({ startedAt, finishedAt, exitCode, oomKilled, error }): Life => {
      const begin = parseTime(startedAt)
      const end = parseTime(finishedAt ?? '')
      return {
        containerId,
        ...(begin === undefined ? {} : { startedAt: begin }),
        ...(end === undefined ? {} : { endedAt: end }),
        ...(exitCode === undefined ? {} : { exitCode }),
        isOutOfMemory: oomKilled,
        ...(error === '' ? {} : { reason: error }),
      }
    })
  } catch (error) {
    if (isNotFound(error)) return []
    throw error
  }
}
