/** One probe of a container's health: a process by the same way as `docker exec`, its output cut off and its time limited. */
import type { HealthcheckResult } from '../../api/health.ts'
import type { OutputChunk } from '../../http/backend.ts'
import type { Container } from '../containers/container.ts'
import type { EngineContext } from '../context.ts'
import { createExec } from '../exec/exec.ts'
import type { ExecSession } from '../exec/exec-sessions.ts'
import { killExec } from '../exec/hang-up-exec.ts'
import { startExec } from '../exec/start-exec.ts'
import { HealthOutput, timeoutMessage } from './health-output.ts'

const LONGEST_TIMER = 0x7fff_ffff

export interface HealthProbe {
  readonly command: readonly string[]
  /** Milliseconds. */
  readonly timeout: number
  /** Kills the probe. */
  readonly signal: AbortSignal
}

/** Runs the probe to its end. What keeps it from running is its result: exit code -1 and the reason, as in Docker. */
export async function probeHealth(context: EngineContext, container: Container, probe: HealthProbe): Promise<HealthcheckResult> {
  const Start = new Date().toISOString()
  const { exitCode, output } = await runProbe(context, container, probe).catch((error: unknown) => ({
    exitCode: -1,
    output: error instanceof Error ? error.message : String(error),
  }))
  return { Start, End: new Date().toISOString(), ExitCode: exitCode, Output: output }
}

async function runProbe(
  context: EngineContext,
  container: Container,
  { command, timeout, signal }: HealthProbe,
): Promise<{ exitCode: number; output: string }> {
  const request = { Cmd: [...command], AttachStdout: true, AttachStderr: true }
  const session = context.execs.find(createExec(context, container, request, 'probe').Id)
  const written = new HealthOutput()
  let timedOut = false
  const kill = () => killExec(session)
  const timer = setTimeout(
    () => {
      if (session.status !== 'running') return // only what it has left running holds its output open
      timedOut = true
      kill()
    },
    Math.min(timeout, LONGEST_TIMER),
  ).unref()
  signal.addEventListener('abort', kill)
  try {
    // Also after a kill: dying probes must not pile up.
    for await (const { data } of await startProbe(context, session)) written.add(data)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', kill)
  }
  const output = written.toString()
  if (timedOut) return { exitCode: -1, output: timeoutMessage(timeout, output) }
  return { exitCode: session.exitCode ?? -1, output }
}

/** A probe that could not be started leaves nothing to ask about. */
async function startProbe(context: EngineContext, session: ExecSession): Promise<AsyncIterable<OutputChunk>> {
  try {
    const attachment = await startExec(context, session, { detach: false, tty: false })
    if (attachment === undefined) throw new Error('start health check: its output is not connected')
    return attachment.output
  } catch (error) {
    context.execs.discard(session)
    throw error
  }
}
