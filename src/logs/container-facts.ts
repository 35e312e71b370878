/** What a log needs to know of its container, by inspection. */
import { z } from 'zod'
import type { EngineClient } from '../client/engine-client.ts'
import { isNotFound } from '../client/engine-problem.ts'
import type { Life } from './lives.ts'
import { parseTime } from './log-time.ts'

export interface ContainerFacts {
  readonly id: string
  readonly name: string
  /** Its log is one stream without frames. */
  readonly isTerminal: boolean
  /** It may write: it runs or is paused. */
  readonly isRunning: boolean
  /** The engine keeps nothing of what it writes. */
  readonly isWithoutLog: boolean
  readonly createdAt: bigint | undefined
  readonly life: Life
}

const inspectSchema = z
  .object({
    Id: z.string().min(1),
    Name: z.string(),
    Created: z.string().nullish(),
    Config: z.object({ Tty: z.boolean().nullish() }).nullish(),
    HostConfig: z.object({ LogConfig: z.object({ Type: z.string().nullish() }).nullish() }).nullish(),
    State: z.object({
      Running: z.boolean().nullish(),
      /** dockerd says that it runs too while it waits for its next start. */
      Restarting: z.boolean().nullish(),
      StartedAt: z.string().nullish(),
      FinishedAt: z.string().nullish(),
      ExitCode: z.number().nullish(),
      OOMKilled: z.boolean().nullish(),
    }),
  })
  .transform(({ Id, Name, Created, Config, HostConfig, State }): ContainerFacts => {
    const startedAt = parseTime(State.StartedAt ?? '')
    const endedAt = parseTime(State.FinishedAt ?? '')
    const hasEnded = State.Running !== true || State.Restarting === true
    return {
      id: Id,
      name: Name.replace(/^\//, ''),
      isTerminal: Config?.Tty === true,
      isRunning: State.Running === true && State.Restarting !== true,
      isWithoutLog: HostConfig?.LogConfig?.Type === 'none',
      createdAt: parseTime(Created ?? ''),
      life: {
        containerId: Id,
        ...(startedAt === undefined ? {} : { startedAt }),
        ...(endedAt === undefined ? {} : { endedAt }),
        ...(hasEnded && typeof State.ExitCode === 'number' ? { exitCode: State.ExitCode } : {}),
        isOutOfMemory: hasEnded && State.OOMKilled === true,
      },
    }
  })

/** The container with the id, or where it is gone, or none is given, the one that has the name now. Errors: EngineError. */
export async function findContainer(
  client: EngineClient,
  { id, name }: { readonly id: string | undefined; readonly name: string },
  signal: AbortSignal,
): Promise<ContainerFacts | undefined> {
  const byId = id === undefined ? undefined : await inspect(client, id, signal)
  if (byId !== undefined) return byId
  const byName = await inspect(client, name, signal)
  // An engine takes a name for the beginning of an ID too.
  return byName?.name === name ? byName : undefined
}

async function inspect(client: EngineClient, which: string, signal: AbortSignal): Promise<ContainerFacts | undefined> {
  try {
    return await client.ask('GET', `/containers/${encodeURIComponent(which)}/json`, inspectSchema, { signal })
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
