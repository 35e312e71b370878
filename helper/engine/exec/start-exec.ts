/** Starting a process more in a running container. */
import { closeSync, statSync } from 'node:fs'
import { PockerError } from '../../api/errors.ts'
import type { ExecCreateRequest } from '../../api/exec.ts'
import { joinFiles } from '../../container/cgroup/cgroup.ts'
import type { Process } from '../../container/oci.ts'
import { readAccountFiles } from '../../container/spec/account-files.ts'
import { planCapabilities } from '../../container/spec/capability-set.ts'
import { processEnvironment } from '../../container/spec/environment.ts'
import { type ResolvedUser, resolveUser } from '../../container/spec/user.ts'
import type { Attachment } from '../../http/backend.ts'
import { cgroupOf } from '../containers/cgroup-of.ts'
import type { Container } from '../containers/container.ts'
import { tell } from '../containers/container-events.ts'
import { prepareStart } from '../containers/start-container.ts'
import type { EngineContext } from '../context.ts'
import { connectExec } from './connect-exec.ts'
import { requireExecutable } from './exec.ts'
import type { ExecSession } from './exec-sessions.ts'
import type { ExecProcess } from './launch-exec.ts'
import { TOOLBOX_USER, toolboxEnvironment, toolboxFor } from './toolbox.ts'

export interface ExecStartOptions {
  readonly detach: boolean
  readonly tty: boolean
  readonly consoleSize?: { width: number; height: number }
}

/** Starts the process. Errors: Conflict `exec-already-started`, `not-running`; those of a command that cannot be executed. */
export async function startExec(context: EngineContext, session: ExecSession, options: ExecStartOptions): Promise<Attachment | undefined> {
  const { container, request } = session
  if (session.status !== 'new') {
    throw new PockerError('Conflict', `start exec ${session.id}: it has already run`, { code: 'exec-already-started' })
  }
  const running = requireExecutable(container)
  session.status = 'done' // until its process runs
  session.exitCode = 126
  // Whoever comes back to it later may want to write.
  const openStdin = request.AttachStdin === true && (!options.detach || request.Reattach === true)
  try {
    const { process, seccomp } = execProcess(context, session, options.consoleSize)
    const started = context.launcher.exec(process, {
      container: running.container,
      join: joinFiles(cgroupOf(context, container), running.pid),
      openStdin,
      seccomp,
      toolbox: request.Toolbox === true ? toolboxFor(context, container) : undefined,
    })
    await confirm(context, session, started)
    tell(context, container, `exec_start: ${process.args.join(' ')}`, { execID: session.id })
    return connectExec(context, session, { started, openStdin, detach: options.detach })
  } catch (error) {
    context.execs.ended(session)
    throw error
  }
}

/** As Docker: the exec of a command that is not there ends with 127, of one that cannot be executed with 126. */
async function confirm(context: EngineContext, session: ExecSession, started: ExecProcess): Promise<void> {
  session.status = 'running'
  session.pid = started.pid
  session.exitCode = null
  session.terminal = started.terminal
  try {
    await started.confirmed
  } catch (error) {
    for (const fd of [started.input, started.output, started.errors, started.terminal]) if (fd !== undefined) closeSync(fd)
    session.status = 'done'
    session.pid = 0
    session.terminal = undefined
    session.exitCode = error instanceof PockerError && error.code === 'command-not-found' ? 127 : 126
    context.execs.watch(started.process).catch(context.report) // reaps it
    throw error
  }
}

/** The process as the container's own would be, but for what the request says. */
function execProcess(
  context: EngineContext,
  { container, request, command }: ExecSession,
  consoleSize: { width: number; height: number } | undefined,
): { process: Process; seccomp: Uint8Array | undefined } {
  const { record } = container
  container.spec ??= prepareStart(context, record).spec
  const { spec } = container
  const privileged = request.Privileged === true
  const user = execUser(container, request)
  const bounding = privileged ? planCapabilities({ Privileged: true }, context.host) : spec.process.capabilities.bounding
  const own = user.uid === 0 ? bounding : []
  const terminal = request.Tty === true
  const size = consoleSize ?? sizeOf(request.ConsoleSize)
  const { consoleSize: _size, ...base } = spec.process
  const process: Process = {
    ...base,
    terminal,
    ...(terminal && size !== undefined ? { consoleSize: size } : {}),
    user: { uid: user.uid, gid: user.gid, additionalGids: user.additionalGids, umask: 0o022 },
    args: command,
    env: execEnvironment(container, { request, terminal, home: user.home }),
    cwd: request.WorkingDir || spec.process.cwd,
    capabilities: { bounding, effective: own, permitted: own, inheritable: [], ambient: [] },
    init: false,
  }
  return { process, seccomp: privileged ? undefined : spec.linux.seccomp }
}

function execUser({ record, folders, hostConfig }: Container, { User = '', Toolbox }: ExecCreateRequest): ResolvedUser {
  if (Toolbox === true && User === '') return TOOLBOX_USER
  const upper = statSync(folders.upper, { throwIfNoEntry: false }) === undefined ? undefined : folders.upper
  return resolveUser(User || record.config.User || '', hostConfig.GroupAdd ?? [], readAccountFiles(record.image.layers, upper))
}

function execEnvironment(
  container: Container,
  { request, terminal, home }: { request: ExecCreateRequest; terminal: boolean; home: string },
): string[] {
  const { Env: env = [] } = request
  if (request.Toolbox === true) return toolboxEnvironment(container, { env, terminal, home })
  const { config, hostname } = container.record
  return processEnvironment({ entries: [...(config.Env ?? []), ...env], hostname, terminal, home })
}

function sizeOf([height, width]: readonly number[] = []): { width: number; height: number } | undefined {
  return height !== undefined && height > 0 && width !== undefined && width > 0 ? { width, height } : undefined
}
