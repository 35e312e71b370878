import type { WaitResult } from '../../api/container.ts'
import { PockerError } from '../../api/errors.ts'
import type { CommandContext } from '../command.ts'
import { answeredObject } from '../http/answers.ts'
import type { Client, Stream } from '../http/client.ts'
import { readJsonLines } from '../http/json-lines.ts'
import { containerPath } from '../http/path.ts'
import type { Io } from '../io.ts'
import { terminalSize } from '../io.ts'
import { proxySignals } from './proxy-signals.ts'
import { pump } from './pump.ts'

export interface SessionOptions {
  readonly id: string
  readonly tty: boolean
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly proxySignals: boolean
  /** As the user wrote them; undefined for the default. */
  readonly detachKeys: string | undefined
  /** The container is removed when it exits: wait for that too. */
  readonly removed: boolean
  /** Called when the start has succeeded. */
  readonly onStarted?: () => void
}

/** ctrl-p, ctrl-q. */
export const DEFAULT_DETACH_KEYS = Uint8Array.of(16, 17)

/**
 * Starts a container with the caller's streams joined to its own; resolves to its exit code, or 0 when the caller detached.
 * Attach and wait are asked for side by side, and both are on before the start: no output and no exit can be missed.
 */
export async function startAttached(context: CommandContext, options: SessionOptions): Promise<number> {
  const { client, io } = context
  const { id } = options
  const keys = await detachKeysOf(options.detachKeys)
  const [connection, waiting] = await Promise.all([
    client.hijack(containerPath(id, 'attach'), { query: attachQuery(options) }),
    client.stream('POST', containerPath(id, 'wait'), { query: { condition: options.removed ? 'removed' : 'next-exit' } }),
  ])
  const started = client.text('POST', containerPath(id, 'start'))
  const stopProxy = options.proxySignals ? proxySignals(io, started, (signal) => sendSignal(client, id, signal)) : () => undefined
  try {
    try {
      await started
    } catch (error) {
      connection.close()
      waiting.close()
      if (options.removed) await removeUnstarted(client, id)
      throw error
    }
    options.onStarted?.()
    const end = await pump({ ...options, connection, io, detachKeys: keys, resize: (size) => resize(client, id, size) })
    return end === 'detached' ? 0 : await exitCodeOf(waiting)
  } finally {
    stopProxy()
  }
}

/** Joins the caller's streams with those of a container that runs; resolves to its exit code, or 0 when the caller detached. */
export async function attachToRunning(context: CommandContext, options: SessionOptions): Promise<number> {
  const { client, io } = context
  const { id } = options
  const keys = await detachKeysOf(options.detachKeys)
  const [connection, waiting] = await Promise.all([
    client.hijack(containerPath(id, 'attach'), { query: attachQuery(options) }),
    client.stream('POST', containerPath(id, 'wait')),
  ])
  const stopProxy = options.proxySignals ? proxySignals(io, Promise.resolve(), (signal) => sendSignal(client, id, signal)) : () => undefined
  try {
    if (options.tty) await disturb(client, id, io)
    const end = await pump({ ...options, connection, io, detachKeys: keys, resize: (size) => resize(client, id, size) })
    return end === 'detached' ? 0 : await exitCodeOf(waiting)
  } finally {
    stopProxy()
  }
}

/** The keys that detach. Errors: `invalid-detach-keys`. */
export async function detachKeysOf(text: string | undefined): Promise<Uint8Array> {
  if (text === undefined || text === '') return DEFAULT_DETACH_KEYS
  const { parseDetachKeys } = await import('./detach-keys.ts')
  return parseDetachKeys(text)
}

function attachQuery({ stdin, stdout, stderr, detachKeys }: SessionOptions): Record<string, string | boolean | undefined> {
  return { stream: true, stdin, stdout, stderr, detachKeys: detachKeys === '' ? undefined : detachKeys }
}

async function exitCodeOf(waiting: Stream): Promise<number> {
  for await (const { value } of readJsonLines(waiting.body)) {
    const result = answeredObject<WaitResult>(value)
    if (result.Error != null) throw new PockerError('Internal', `wait for container: ${result.Error.Message}`, { code: 'wait-failed' })
    return result.StatusCode
  }
  throw new PockerError('Unavailable', 'wait for container: the helper gave no exit code', { code: 'bad-response' })
}

/** A failed `run --rm` leaves nothing: the engine removes what it could not start, or does so now. */
async function removeUnstarted(client: Client, id: string): Promise<void> {
  try {
    await client.text('DELETE', containerPath(id), { query: { force: true, v: true } })
  } catch (error) {
    // Gone, or on its way; another reason would only hide why it did not start.
    if (!(error instanceof PockerError)) throw error
  }
}

function sendSignal(client: Client, id: string, signal: string): Promise<string> {
  return client.text('POST', containerPath(id, 'kill'), { query: { signal } })
}

/** A program redraws its screen when the size changes: without that, who attaches again sees an empty one. */
async function disturb(client: Client, id: string, io: Io): Promise<void> {
  const size = terminalSize(io.stdout)
  if (size === undefined) return
  const query = { h: size.height + 1, w: size.width + 1 }
  await client.text('POST', containerPath(id, 'resize'), { query }).catch(() => undefined)
}

function resize(client: Client, id: string, size: { height: number; width: number }): void {
  // The terminal works with a wrong size too, and the process may just have ended.
  client.text('POST', containerPath(id, 'resize'), { query: { h: size.height, w: size.width } }).catch(() => undefined)
}
