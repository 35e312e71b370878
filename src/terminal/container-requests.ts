/** What terminals ask an engine about a container. */
import type { Duplex } from 'node:stream'
import { z } from 'zod'
import type { EngineClient } from '../client/engine-client.ts'
import { codeOf, isNotFound, statusOf } from '../client/engine-problem.ts'
import type { TerminalSize } from './program.ts'

const inspectSchema = z.object({
  Id: z.string().min(1),
  Name: z.string(),
  Image: z.string(),
  Config: z.object({
    User: z.string().nullish(),
    Tty: z.boolean().nullish(),
    OpenStdin: z.boolean().nullish(),
    Env: z.array(z.string()).nullish(),
  }),
  HostConfig: z.object({ AutoRemove: z.boolean().nullish() }).nullish(),
  State: z.object({
    Status: z.string().nullish(),
    Running: z.boolean(),
    Paused: z.boolean().nullish(),
    Restarting: z.boolean().nullish(),
    ExitCode: z.number().nullish(),
  }),
})

/** As much of a container as a terminal needs to know. Its texts are hostile. */
export interface ContainerFacts {
  readonly id: string
  /** Without the slash. */
  readonly name: string
  /** The image's id, which stays the same as long as what is in it does. */
  readonly imageId: string
  /** As it was configured: a name or a number, with a group or without; empty for root. */
  readonly user: string
  /** It is said which language and characters its programs are to use. */
  readonly hasLocale: boolean
  readonly hasTerminal: boolean
  readonly takesInput: boolean
  /** Also while it is paused. */
  readonly isRunning: boolean
  readonly isPaused: boolean
  readonly isRestarting: boolean
  /** It is being removed, or goes by itself now that it does not run. */
  readonly isLeaving: boolean
  readonly exitCode: number
}

/** The facts of a container, by id or name; nothing where there is none. Errors: EngineError. */
export async function findContainer(client: EngineClient, id: string): Promise<ContainerFacts | undefined> {
  try {
    const { Id, Name, Image, Config, HostConfig, State } = await client.ask(
      'GET',
      `/containers/${encodeURIComponent(id)}/json`,
      inspectSchema,
    )
    return {
      id: Id,
      name: Name.replace(/^\//, ''),
      imageId: Image,
      user: Config.User ?? '',
      hasLocale: Config.Env?.some((entry) => /^(?:LANG|LC_ALL|LC_CTYPE)=./.test(entry)) === true,
      hasTerminal: Config.Tty === true,
      takesInput: Config.OpenStdin === true,
      isRunning: State.Running,
      isPaused: State.Paused === true,
      isRestarting: State.Restarting === true,
      isLeaving: State.Status === 'removing' || (HostConfig?.AutoRemove === true && !State.Running),
      exitCode: State.ExitCode ?? 0,
    }
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** Starts it; one that runs is all right. Errors: EngineError. */
export async function startContainer(client: EngineClient, id: string): Promise<void> {
  await tellUnless(304, client.tell('POST', `/containers/${encodeURIComponent(id)}/start`))
}

/** Goes on with one that is paused. Errors: EngineError. */
export async function unpauseContainer(client: EngineClient, id: string): Promise<void> {
  await client.tell('POST', `/containers/${encodeURIComponent(id)}/unpause`)
}

/** The connection to its main process. Errors: EngineError. */
export async function attachTo(client: EngineClient, { id, takesInput }: ContainerFacts, detachKeys: string): Promise<Duplex> {
  const query = { stream: true, stdin: takesInput, stdout: true, stderr: true, detachKeys: keysForEngine(detachKeys) }
  return await client.hijack(`/containers/${encodeURIComponent(id)}/attach`, { query })
}

/** The last lines of its log, as it is kept; nothing where none is kept. Errors: EngineError. */
export async function lastOutput(client: EngineClient, id: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  try {
    const query = { stdout: true, stderr: true, tail: LINES }
    for await (const piece of await client.stream('GET', `/containers/${encodeURIComponent(id)}/logs`, { query })) pieces.push(piece)
  } catch (error) {
    // With log driver `none`, or one that cannot be read.
    if (statusOf(error) !== undefined && !isNotFound(error)) return new Uint8Array(0)
    throw error
  }
  return Buffer.concat(pieces)
}

/** More than one sees at once, and no more than the editor shows in the time of a click. */
const LINES = 1000

/** Resolves with its exit code when it has ended. Errors: EngineError. */
export async function untilExited(client: EngineClient, id: string, signal: AbortSignal): Promise<number> {
  const { StatusCode } = await client.ask('POST', `/containers/${encodeURIComponent(id)}/wait`, waitSchema, {
    query: { condition: 'not-running' },
    timeout: 0,
    signal,
  })
  return StatusCode
}

const waitSchema = z.object({ StatusCode: z.number() })

/** `path` names the container or the exec. One that has ended meanwhile is no error. Errors: EngineError. */
export async function resize(client: EngineClient, path: string, { columns, rows }: TerminalSize): Promise<void> {
  try {
    await client.tell('POST', `${path}/resize`, { query: { h: rows, w: columns } })
  } catch (error) {
    if (!hasEnded(error)) throw error
  }
}

/** Whether an engine says that what it was asked to act on runs no more. Docker's resize of a container that has ended is a 500. */
export function hasEnded(error: unknown): boolean {
  const status = statusOf(error)
  return isNotFound(error) || status === 409 || status === 500 || codeOf(error) === 'not-running'
}

/** An engine without keys takes its own. Keys are looked for on this side, so that no keys are a sequence that nobody types. */
export function keysForEngine(keys: string): string {
  return keys.trim() === '' ? Array(12).fill('ctrl-@').join(',') : keys
}

async function tellUnless(status: number, told: Promise<void>): Promise<void> {
  try {
    await told
  } catch (error) {
    if (statusOf(error) !== status) throw error
  }
}
