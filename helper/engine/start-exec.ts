/** Starting a process more in a running container. */
import { statSync } from 'node:fs'
import { PockerError } from '../api/errors.ts'
import { joinFiles } from '../container/cgroup/cgroup.ts'
import type { Process } from '../container/oci.ts'
import { readAccountFiles } from '../container/spec/account-files.ts'
import { planCapabilities } from '../container/spec/capability-set.ts'
import { processEnvironment } from '../container/spec/environment.ts'
import { pidSharing } from '../container/spec/namespaces.ts'
import { resolveUser } from '../container/spec/user.ts'
import type { Attachment } from '../http/backend.ts'
import { cgroupOf } from './cgroup-of.ts'
import { connectExec } from './connect-exec.ts'
import { tell } from './container-events.ts'
import type { EngineContext } from './context.ts'
import { requireExecutable } from './exec.ts'
import type { ExecSession } from './exec-sessions.ts'
import { prepareStart } from './start-container.ts'

export interface ExecStartOptions {
  readonly detach: boolean
  readonly tty: boolean
  readonly consoleSize?: { width: number; height: number }
}

/** Starts the process. Errors: Conflict `exec-already-started`, `not-running`; those of a command that cannot be executed. */
export function startExec(context: EngineContext, session: ExecSession, options: ExecStartOptions): Attachment | undefined {
  const { container, request } = session
  if (session.status !== 'new') {
    throw new PockerError('Conflict', `start exec ${session.id}: it has already run`, { code: 'exec-already-started' })
  }
  const running = requireExecutable(container)
  session.status = 'done' // until its process runs
  session.exitCode = 126
  // Whoever comes back to it later may want to write.
  const openStdin = request.AttachStdin === true && (!options.detach || request.Reattach === true)
  const { process, seccomp } = execProcess(context, session, options.consoleSize)
  const started = recordFailure(session, () =>
    context.launcher.exec(process, {
      container: running.container,
      ownPid: pidSharing(container.hostConfig).with === 'nobody',
      join: joinFiles(cgroupOf(context, container), running.pid),
      openStdin,
      seccomp,
    }),
  )
  session.status = 'running'
  session.pid = started.pid
  session.exitCode = null
  session.terminal = started.terminal
  tell(context, container, `exec_start: ${process.args.join(' ')}`, { execID: session.id })
  return connectExec(context, session, { started, openStdin, detach: options.detach })
}

/** As Docker: the exec of a command that is not there ends with 127. */
function recordFailure<T>(session: ExecSession, start: () => T): T {
  try {
    return start()
  } catch (error) {
    if (error instanceof PockerError && error.code === 'command-not-found') session.exitCode = 127
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
  const accounts = readAccountFiles(
    record.image.layers,
    statSync(container.folders.upper, { throwIfNoEntry: false }) === undefined ? undefined : container.folders.upper,
  )
  const user = resolveUser(request.User || record.config.User || '', container.hostConfig.GroupAdd ?? [], accounts)
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
    env: processEnvironment({
      entries: [...(record.config.Env ?? []), ...(request.Env ?? [])],
      hostname: record.hostname,
      terminal,
      home: user.home,
    }),
    cwd: request.WorkingDir || spec.process.cwd,
    capabilities: { bounding, effective: own, permitted: own, inheritable: [], ambient: [] },
    init: false,
  }
  return { process, seccomp: privileged ? undefined : spec.linux.seccomp }
}

function sizeOf([height, width]: readonly number[] = []): { width: number; height: number } | undefined {
  return height !== undefined && height > 0 && width !== undefined && width > 0 ? { width, height } : undefined
}
