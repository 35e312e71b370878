/** What an engine tells of a container's lives as they go on, and what it remembers of them. */
import { z } from 'zod'
import type { EngineClient } from '../client/engine-client.ts'
import type { LifeEvent } from './lives.ts'
import { queryTime } from './log-time.ts'

const MILLION = 1_000_000n

const eventSchema = z.object({
  Action: z.string().nullish(),
  Actor: z.object({ ID: z.string().nullish(), Attributes: z.record(z.string(), z.string()).nullish() }).nullish(),
  time: z.number().nullish(),
  timeNano: z.number().nullish(),
})

const KINDS: ReadonlyMap<string, LifeEvent['kind'] | 'created'> = new Map([
  ['create', 'created'],
  ['start', 'started'],
  ['die', 'ended'],
  ['oom', 'out-of-memory'],
  ['destroy', 'removed'],
  // Podman's words.
  ['died', 'ended'],
  ['remove', 'removed'],
])

export interface WatchedContainer {
  readonly name: string
  /** The one that has the name now, which may get another. */
  id(): string | undefined
}

/** An event of a container that has the name, or `undefined` for one that is no life's beginning or end but a reason to look again. */
export async function* lifeEvents(
  client: EngineClient,
  { name, id }: WatchedContainer,
  since: bigint,
  signal: AbortSignal,
): AsyncGenerator<LifeEvent | undefined, void, void> {
  const query = { since: queryTime(since), filters: JSON.stringify({ type: ['container'] }) }
  for await (const { Action, Actor, time, timeNano } of client.lines('GET', '/events', eventSchema, { query, signal, timeout: 0 })) {
    const kind = KINDS.get(Action ?? '')
    const containerId = Actor?.ID ?? ''
    const isOurs = containerId !== '' && (containerId === id() || Actor?.Attributes?.name === name)
    if (kind === undefined || !isOurs) continue
    if (kind === 'created') {
      yield undefined
      continue
    }
    const code = Number(Actor?.Attributes?.exitCode ?? Actor?.Attributes?.containerExitCode)
    const moment = nanoseconds(timeNano, time)
    yield {
      kind,
      containerId,
      // Told in whole milliseconds, an end would come before the last lines of its own millisecond.
      time: kind !== 'started' && moment % MILLION === 0n ? moment + MILLION - 1n : moment,
      ...(kind === 'ended' && Number.isInteger(code) ? { exitCode: code } : {}),
    }
  }
}

// In JSON nanoseconds lose their last two or three digits.
function nanoseconds(timeNano: number | null | undefined, time: number | null | undefined): bigint {
  if (typeof timeNano === 'number' && timeNano > 0) return BigInt(Math.round(timeNano))
  return BigInt(Math.round((time ?? 0) * 1e9))
}
