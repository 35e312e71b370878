/**
 * The runs of a container, of `GET /pocker/containers/{id}/lives`: the last hundred, the oldest first, and last the present one. A client
 * marks the lines of the log with them by time: lines since `startedAt` of a life, by their own times, are of that life.
 */
import { z } from 'zod'

export const lifeSchema = z.object({
  /** RFC 3339 with nanoseconds, as the log's times. */
  startedAt: z.string(),
  /** Absent while it runs, as is the exit code. */
  finishedAt: z.string().exactOptional(),
  exitCode: z.number().exactOptional(),
  oomKilled: z.boolean(),
  /** A client asked for its end: no crash, whatever the exit code. */
  isStopped: z.boolean(),
  /** For people: why its command could not be executed, or why nobody knows how it ended. Mostly empty. */
  error: z.string(),
})

export const livesSchema = z.object({ lives: z.array(lifeSchema) })

export type Life = z.infer<typeof lifeSchema>
