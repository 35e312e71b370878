/** Further processes in a running container: what is known of them before and after they run. */
import { randomBytes } from 'node:crypto'
import { PockerError } from '../../api/errors.ts'
import type { ExecCreateRequest, ExecInspect } from '../../api/exec.ts'
import { checkWorkingDir } from '../../container/spec/process-checks.ts'
import { resizeTerminal } from '../../linux/terminal.ts'
import type { Container } from '../containers/container.ts'
import { tell } from '../containers/container-events.ts'
import { requireRunning } from '../containers/stop-container.ts'
import type { EngineContext } from '../context.ts'
import type { ExecSession } from './exec-sessions.ts'
import { toolboxShell } from './toolbox.ts'

/** Errors: NotFound, Conflict `not-running` `container-paused`, InvalidParameter. */
export function createExec(
  context: EngineContext,
  container: Container,
  request: ExecCreateRequest,
  purpose: ExecSession['purpose'] = 'client',
): { Id: string } {
  requireExecutable(container)
  const asked = request.Cmd ?? []
  const command = asked.length === 0 && request.Toolbox === true ? toolboxShell(context) : asked
  if (command.length === 0) throw new PockerError('InvalidParameter', 'exec: no command was given', { code: 'no-command' })
  checkWorkingDir(request.WorkingDir ?? '')
  if (request.Reattach === true && request.Tty !== true) {
    throw new PockerError('InvalidParameter', 'exec: only one with a terminal can be come back to', { code: 'reattach-without-terminal' })
  }
  const id = randomBytes(32).toString('hex')
  context.execs.add({
    id,
    container,
    request,
    command,
    purpose,
    status: 'new',
    pid: 0,
    exitCode: null,
    input: undefined,
    terminal: undefined,
    kept: undefined,
  })
  tell(context, container, `exec_create: ${command.join(' ')}`, { execID: id })
  return { Id: id }
}

/** Errors: Conflict `not-running`, `container-paused`. */
export function requireExecutable(container: Container): { pid: number; container: number } {
  if (container.paused) {
    throw new PockerError('Conflict', `exec in container ${container.record.name}: it is paused, unpause it first`, {
      code: 'container-paused',
    })
  }
  return requireRunning(container, 'exec in')
}

/** Errors: Conflict `not-running`. */
export function resizeExec(session: ExecSession, size: { width: number; height: number }): void {
  if (session.status !== 'running')
    throw new PockerError('Conflict', `resize exec ${session.id}: it is not running`, { code: 'not-running' })
  if (session.terminal !== undefined) resizeTerminal(session.terminal, size)
}

/** The exec in Docker's words. */
export function inspectExec(session: ExecSession): ExecInspect {
  const { request } = session
  const [entrypoint = '', ...rest] = session.command
  return {
    ID: session.id,
    Running: session.status === 'running',
    ExitCode: session.exitCode,
    ProcessConfig: {
      tty: request.Tty === true,
      entrypoint,
      arguments: rest,
      privileged: request.Privileged === true,
      ...(request.User === undefined || request.User === '' ? {} : { user: request.User }),
    },
    OpenStdin: request.AttachStdin === true,
    OpenStderr: request.AttachStderr === true,
    OpenStdout: request.AttachStdout === true,
    CanRemove: false,
    ContainerID: session.container.id,
    DetachKeys: request.DetachKeys ?? '',
    Pid: session.pid,
  }
}
