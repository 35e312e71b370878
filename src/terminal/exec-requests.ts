/** Further processes in a running container, as an engine is asked for them. */
import type { Duplex } from 'node:stream'
import { z } from 'zod'
import type { ExecCreateRequest } from '../../helper/api/exec.ts'
import type { EngineClient } from '../client/engine-client.ts'
import { EngineError } from '../client/engine-error.ts'
import { codeOf, isNotFound, statusOf } from '../client/engine-problem.ts'
import { hasEnded, keysForEngine } from './container-requests.ts'
import type { TerminalSize } from './program.ts'

/** What is run, and as whom. */
export interface ExecSpec {
  /** Empty in a toolbox: its shell. */
  readonly command: readonly string[]
  /** Empty: the container's. */
  readonly user: string
  /** Absolute, in the container. Empty: the container's. */
  readonly folder: string
  /** `NAME=value`. */
  readonly environment: readonly string[]
  readonly isPrivileged: boolean
  /** With programs of the host in place of the container's. Only Pocker has it. */
  readonly isToolbox: boolean
}

const createdSchema = z.object({ Id: z.string().min(1) })
const inspectSchema = z.object({ Running: z.boolean(), ExitCode: z.number().nullish() })

/** What VS Code's terminal can show. */
const TERMINAL = ['TERM=xterm-256color', 'COLORTERM=truecolor']

export interface ExecCreation {
  readonly client: EngineClient
  readonly containerId: string
  readonly spec: ExecSpec
  readonly isPocker: boolean
  readonly detachKeys: string
}

/** One that runs, with its terminal. */
export interface RunningExec {
  readonly id: string
  readonly stream: Duplex
}

/** Makes and starts it, with Pocker by one request; there it outlives its connection. Errors: EngineError, among them that its command is not there. */
export async function runExec(creation: ExecCreation, size: TerminalSize | undefined): Promise<RunningExec> {
  const { client, containerId, isPocker } = creation
  if (isPocker) {
    let id: string | undefined
    try {
      const stream = await client.hijack(`/pocker/containers/${encodeURIComponent(containerId)}/exec`, {
        body: { ...bodyOf(creation), ...consoleSize(size) },
        onHeaders: ({ 'pocker-exec': name }) => {
          id = typeof name === 'string' ? name : undefined
        },
      })
      if (id !== undefined) return { id, stream }
      stream.destroy()
      throw new EngineError('bad-answer', 'the engine does not say which exec it has started')
    } catch (error) {
      // An older helper knows only Docker's way.
      if (codeOf(error) !== 'page-not-found') throw error
    }
  }
  const id = await createExec(creation)
  return { id, stream: await startExec(client, id, size) }
}

/** Its id. Errors: EngineError. */
export async function createExec(creation: ExecCreation): Promise<string> {
  const { client, containerId } = creation
  const { Id } = await client.ask('POST', `/containers/${encodeURIComponent(containerId)}/exec`, createdSchema, { body: bodyOf(creation) })
  return Id
}

function bodyOf({ spec, isPocker, detachKeys }: ExecCreation): ExecCreateRequest {
  return {
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: true,
    Env: [...TERMINAL, ...spec.environment],
    DetachKeys: keysForEngine(detachKeys),
    ...(spec.command.length === 0 ? {} : { Cmd: [...spec.command] }),
    ...(spec.user === '' ? {} : { User: spec.user }),
    ...(spec.folder === '' ? {} : { WorkingDir: spec.folder }),
    ...(spec.isPrivileged ? { Privileged: true } : {}),
    ...(isPocker ? { Reattach: true } : {}),
    ...(spec.isToolbox ? { Toolbox: true } : {}),
  }
}

function consoleSize(size: TerminalSize | undefined): { readonly ConsoleSize?: [number, number] } {
  return size === undefined ? {} : { ConsoleSize: [size.rows, size.columns] }
}

/** Starts it and gives its terminal. Errors: EngineError, among them that its command is not there. */
export async function startExec(client: EngineClient, id: string, size: TerminalSize | undefined): Promise<Duplex> {
  return await client.hijack(`${execPath(id)}/start`, { body: { Detach: false, Tty: true, ...consoleSize(size) } })
}

/** Its terminal once more: first its last output. Nothing where it is not known any more. Errors: EngineError. */
export async function reattachExec(client: EngineClient, id: string): Promise<Duplex | undefined> {
  try {
    return await client.hijack(`/pocker${execPath(id)}/attach`)
  } catch (error) {
    if (isNotFound(error) || statusOf(error) === 409) return undefined
    throw error
  }
}

export type ExecState = 'running' | 'unknown' | { readonly exitCode: number }

/** Errors: EngineError. */
export async function execState(client: EngineClient, id: string): Promise<ExecState> {
  try {
    const { Running, ExitCode } = await client.ask('GET', `${execPath(id)}/json`, inspectSchema)
    return Running ? 'running' : { exitCode: ExitCode ?? 0 }
  } catch (error) {
    if (isNotFound(error)) return 'unknown'
    throw error
  }
}

/** Closes its terminal. One that has ended is no error. Errors: EngineError. */
export async function hangUpExec(client: EngineClient, id: string): Promise<void> {
  try {
    await client.tell('POST', `/pocker${execPath(id)}/hangup`)
  } catch (error) {
    if (!hasEnded(error)) throw error
  }
}

/** Where an engine has it. */
export function execPath(id: string): string {
  return `/exec/${encodeURIComponent(id)}`
}
