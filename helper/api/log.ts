/**
 * A container's log, line by line. Docker's `GET /containers/{id}/logs` pages by time, and many lines share one: here each line has a position,
 * which means nothing to clients and names the same line for as long as it is kept.
 *
 * - `GET /pocker/containers/{id}/log?lines=N` gives the last N lines, `&before=POSITION` those before one, `&after=POSITION` those after it (`start`
 *   is before all of them), as one JSON document. A page may have fewer lines than asked for when they are long: `before` and `after` tell.
 * - `GET /pocker/containers/{id}/log?follow=1&after=POSITION` gives what comes after it as lines of JSON, for as long as the container is there:
 *   over its stops, starts and crashes, too. Without `after`, what comes from now on. A page's `after` joins on to it with nothing
 *   missing and nothing twice; so does the `position` of the last piece to a next request, after a lost connection or another helper's start.
 * - `GET /pocker/containers/{id}/log/search?text=…&case=ignore&before=POSITION&limit=N` gives the lines that a text is in, the last ones
 *   first, as lines of JSON as they are found, and as the last line where to go on. The text is taken as it is: no pattern, no line end.
 * - `NotFound` with code `log-position-gone`: what was there has been rotated away. Begin at the end again.
 *
 * Lines are ordered by their ends, as Docker's `tail` counts them; one without an end yet comes last (or not at all, when the others have
 * written a MiB since). Docker's own `logs?follow=1` ends
 * when the container stops; with `&lives=all` it goes on until the container is removed.
 */
import { z } from 'zod'

export const logLineSchema = z.object({
  position: z.string(),
  /** RFC 3339 with nanoseconds: when its first byte was written. Of a followed piece: when that was written. */
  time: z.string(),
  stream: z.enum(['terminal', 'stdout', 'stderr']),
  /** Without the newline, control characters and all; the first 16 KiB of a longer one. */
  text: z.string(),
  /** Bytes of all of it, when that is more than the text shows. */
  length: z.number().exactOptional(),
  /** It has no newline yet. */
  isOpen: z.literal(true).exactOptional(),
  /** Followed: it goes on where the last piece of its stream ended. */
  isContinued: z.literal(true).exactOptional(),
})

export const logPageSchema = z.object({
  /** The oldest first. */
  lines: z.array(logLineSchema),
  /** What is before these; absent when nothing is. */
  before: z.string().exactOptional(),
  /** What comes after these, now or later. */
  after: z.string(),
})

/** A line of a followed log. `isGap`: something between was freed before it was read, or the log has begun anew. */
export const followedLineSchema = z.union([logLineSchema, z.object({ isGap: z.literal(true) })])

/** A line of a search's answer. The last one says where to go on, or at the log's beginning nothing. */
export const foundLineSchema = z.union([logLineSchema, z.object({ isEnd: z.literal(true), before: z.string().exactOptional() })])

export type LogLineAnswer = z.infer<typeof logLineSchema>
export type LogPageAnswer = z.infer<typeof logPageSchema>
export type FollowedLine = z.infer<typeof followedLineSchema>
export type FoundLine = z.infer<typeof foundLineSchema>
