/** Ending and holding containers. */

import { PockerError } from '../../api/errors.ts'
import { freezeCgroup, thawCgroup } from '../../container/cgroup/freezer.ts'
import { killCgroup } from '../../container/cgroup/kill.ts'
import { pidSharing } from '../../container/spec/namespaces.ts'
import { parseSignal } from '../../container/spec/signal.ts'
import type { EngineContext } from '../context.ts'
import { checkHealth, suspendHealth } from '../health/health.ts'
import { cgroupOf } from './cgroup-of.ts'
import type { Container } from './container.ts'
import { tell } from './container-events.ts'
import { ENDED } from './ended.ts'
import type { Running } from './running.ts'

const SIGKILL = 9
const SIGTERM = 'SIGTERM'
const DEFAULT_TIMEOUT = 10

export interface StopOptions {
  readonly signal?: string
  /** Seconds until SIGKILL; negative: never. */
  readonly timeout?: number
}

/** Asks the container to end, and ends it after a time. Call it under its lock. Errors: NotModified `not-running`. */
export async function stopContainer(context: EngineContext, container: Container, options: StopOptions): Promise<void> {
  const signal = parseSignal(options.signal ?? container.record.config.StopSignal ?? SIGTERM)
  if (cancelRestart(container)) return
  const { running } = container
  if (running === undefined) {
    throw new PockerError('NotModified', `container ${container.record.name} is not running`, { code: 'not-running' })
  }
  container.stopping = true
  suspendHealth(container)
  await end(context, container, { running, signal, timeout: options.timeout ?? container.record.config.StopTimeout ?? DEFAULT_TIMEOUT })
  tell(context, container, 'stop')
}

async function end(context: EngineContext, container: Container, at: { running: Running; signal: number; timeout: number }): Promise<void> {
  const exited = container.waiters.exit()
  await deliver(context, container, { running: at.running, signal: at.signal })
  if (at.timeout >= 0 && !(await settlesWithin(exited, at.timeout * 1000))) {
    await deliver(context, container, { running: at.running, signal: SIGKILL })
  }
  await exited
}

/** A frozen process takes no signal, not even SIGKILL on version 1 of the groups. */
async function deliver(
  context: EngineContext,
  container: Container,
  { running, signal }: { running: Running; signal: number },
): Promise<void> {
  tell(context, container, 'kill', { signal: String(signal) })
  running.signal(signal)
  if (!container.paused) return
  await thawCgroup(cgroupOf(context, container))
  container.paused = false
  if (!container.stopping) checkHealth(context, container)
}

async function settlesWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.min(milliseconds, 0x7fffffff))
  })
  const result = await Promise.race([promise.then(() => true), late])
  clearTimeout(timer)
  return result
}

/** Takes back a restart that a policy has planned. */
export function cancelRestart(container: Container): boolean {
  if (container.restarting === undefined || container.restarting === 'now' || container.running !== undefined) return false
  clearTimeout(container.restarting)
  container.restarting = undefined
  container.stopping = true
  container.ended.abort(ENDED)
  return true
}

/** Sends a signal. Errors: InvalidParameter `bad-signal`, Conflict `not-running`. */
export async function killContainer(context: EngineContext, container: Container, name: string | undefined): Promise<void> {
  const signal = parseSignal(name === undefined || name === '' ? 'SIGKILL' : name)
  const running = requireRunning(container, 'kill')
  const ends = signal === SIGKILL || signal === parseSignal(container.record.config.StopSignal ?? SIGTERM)
  if (ends) container.stopping = true
  if (signal === SIGKILL) {
    const exited = container.waiters.exit()
    await killAll(context, container, running)
    await exited
  } else await deliver(context, container, { running, signal })
}

/** Ends everything in the container at once. */
export async function killAll(context: EngineContext, container: Container, running: Running): Promise<void> {
  await deliver(context, container, { running, signal: SIGKILL })
  // The kernel ends a pid namespace with its first process; in one of somebody else's the rest would stay.
  if (pidSharing(container.hostConfig).with !== 'nobody') await killCgroup(cgroupOf(context, container))
}

/** Errors: Conflict `not-running`, `container-paused`. */
export async function pauseContainer(context: EngineContext, container: Container): Promise<void> {
  requireRunning(container, 'pause')
  if (container.paused) throw conflict('container-paused', `pause container ${container.record.name}: it is already paused`)
  await freezeCgroup(cgroupOf(context, container))
  container.paused = true
  suspendHealth(container)
  tell(context, container, 'pause')
}

/** Errors: Conflict `not-paused`. */
export async function unpauseContainer(context: EngineContext, container: Container): Promise<void> {
  if (!container.paused) throw conflict('not-paused', `unpause container ${container.record.name}: it is not paused`)
  await thawCgroup(cgroupOf(context, container))
  container.paused = false
  checkHealth(context, container)
  tell(context, container, 'unpause')
}

/** Errors: Conflict `not-running`. */
export function requireRunning(container: Container, verb: string): Running {
  if (container.running !== undefined) return container.running
  throw conflict('not-running', `${verb} container ${container.record.name}: container ${container.id} is not running`)
}

function conflict(code: string, message: string): PockerError {
  return new PockerError('Conflict', message, { code })
}
