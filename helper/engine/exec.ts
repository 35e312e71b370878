/** Further processes in a running container. */
import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { Socket } from 'node:net'
import { ReadStream } from 'node:tty'
import { PockerError } from '../api/errors.ts'
import type { ExecCreateRequest, ExecInspect } from '../api/exec.ts'
import { joinFiles } from '../container/cgroup/cgroup.ts'
import type { Process } from '../container/oci.ts'
import { readAccountFiles } from '../container/spec/account-files.ts'
import { planCapabilities } from '../container/spec/capability-set.ts'
import { processEnvironment } from '../container/spec/environment.ts'
import { pidSharing } from '../container/spec/namespaces.ts'
import { checkWorkingDir } from '../container/spec/process-checks.ts'
import { resolveUser } from '../container/spec/user.ts'
import type { Attachment, OutputChunk } from '../http/backend.ts'
import { resizeTerminal } from '../linux/terminal.ts'
import { cgroupOf } from './cgroup-of.ts'
import { ChunkQueue } from './chunk-queue.ts'
import type { Container } from './container.ts'
import { tell } from './container-events.ts'
import type { EngineContext } from './context.ts'
import type { ExecSession } from './exec-sessions.ts'
import { type Input, pipeInput } from './input.ts'
import type { ExecProcess } from './launcher.ts'
import { prepareStart } from './start-container.ts'
import { requireRunning } from './stop-container.ts'

/** Errors: NotFound, Conflict `not-running` `container-paused`, InvalidParameter. */
export function createExec(
  context: EngineContext,
  container: Container,
  request: ExecCreateRequest,
  purpose: ExecSession['purpose'] = 'client',
): { Id: string } {
  requireExecutable(container)
  if ((request.Cmd ?? []).length === 0) throw new PockerError('InvalidParameter', 'exec: no command was given', { code: 'no-command' })
  checkWorkingDir(request.WorkingDir ?? '')
  const id = randomBytes(32).toString('hex')
  context.execs.add({ id, container, request, purpose, status: 'new', pid: 0, exitCode: null, input: undefined, terminal: undefined })
  tell(context, container, `exec_create: ${(request.Cmd ?? []).join(' ')}`, { execID: id })
  return { Id: id }
}

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
  const openStdin = request.AttachStdin === true && !options.detach
  const { process, seccomp } = execProcess(context, container, { request, consoleSize: options.consoleSize })
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

function requireExecutable(container: Container): { pid: number; container: number } {
  if (container.paused) {
    throw new PockerError('Conflict', `exec in container ${container.record.name}: it is paused, unpause it first`, {
      code: 'container-paused',
    })
  }
  return requireRunning(container, 'exec in')
}

/** The process as the container's own would be, but for what the request says. */
function execProcess(
  context: EngineContext,
  container: Container,
  { request, consoleSize }: { request: ExecCreateRequest; consoleSize: { width: number; height: number } | undefined },
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
  const size = consoleSize ?? sizeOf(request)
  const { consoleSize: _size, ...base } = spec.process
  const process: Process = {
    ...base,
    terminal,
    ...(terminal && size !== undefined ? { consoleSize: size } : {}),
    user: { uid: user.uid, gid: user.gid, additionalGids: user.additionalGids, umask: 0o022 },
    args: request.Cmd ?? [],
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

function sizeOf(request: ExecCreateRequest): { width: number; height: number } | undefined {
  const [height = 0, width = 0] = request.ConsoleSize ?? []
  return height > 0 && width > 0 ? { width, height } : undefined
}

/** Connects the process's streams: no keeper is there for them, so the helper reads them itself. */
function connectExec(
  context: EngineContext,
  session: ExecSession,
  { started, openStdin, detach }: { started: ExecProcess; openStdin: boolean; detach: boolean },
): Attachment | undefined {
  const queue = new ChunkQueue<OutputChunk>()
  const terminal = started.terminal === undefined ? undefined : new ReadStream(started.terminal)
  const outputs: [Socket, OutputChunk['stream']][] = []
  if (terminal !== undefined) outputs.push([terminal, 0])
  if (started.output !== undefined) outputs.push([new Socket({ fd: started.output, readable: true, writable: false }), 1])
  if (started.errors !== undefined) outputs.push([new Socket({ fd: started.errors, readable: true, writable: false }), 2])
  const input = terminal === undefined ? (started.input === undefined ? undefined : pipeInput(started.input)) : masterInput(terminal)
  session.input = input
  const wanted = (stream: OutputChunk['stream']) =>
    !detach && (stream === 0 || (stream === 1 ? session.request.AttachStdout === true : session.request.AttachStderr === true))
  const ends = outputs.map(([stream, number]) =>
    readInto(stream, wanted(number) ? (data) => queue.push({ stream: number, data }) : () => undefined, () => context.execs.reap()),
  )
  for (const [stream] of outputs) queue.addSource(stream)
  const exited = context.execs.watch(started.process).then((code) => finishExec(context, session, code))
  // Background processes may hold the streams open; what the command itself wrote has been read when both are done or it has ended.
  Promise.all([exited, Promise.race([Promise.all(ends), exited.then(drainTime)])])
    .then(() => {
      queue.end()
      // What a probe leaves running would hold two descriptors for each probe.
      if (session.purpose === 'probe') for (const [stream] of outputs) stream.destroy()
    })
    .catch(context.report)
  Promise.all([exited, ...ends])
    .then(() => input?.close())
    .catch(context.report)
  if (detach) return undefined
  return {
    tty: terminal !== undefined,
    output: queue,
    write: async (data) => {
      if (openStdin) await input?.write(data)
    },
    endInput: () => input?.end(),
    close: () => {
      queue.end()
      for (const [stream] of outputs) stream.resume() // read on for nobody: the process must not block
      if (openStdin) input?.end()
    },
  }
}

const DRAIN_TIME = 200

function drainTime(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, DRAIN_TIME).unref())
}

/** A terminal's master ends with EIO. */
function readInto(stream: Socket, take: (data: Buffer) => void, ended: () => void): Promise<void> {
  return new Promise((resolve) => {
    stream.on('data', take)
    stream.on('error', () => stream.destroy())
    stream.on('close', () => {
      ended()
      resolve()
    })
  })
}

function masterInput(terminal: ReadStream): Input {
  return {
    write: (data) =>
      new Promise((resolve) => (terminal.writable && !terminal.destroyed ? terminal.write(data, () => resolve()) : resolve())),
    end: () => undefined,
    close: () => terminal.destroy(),
  }
}

/** As Docker: the exit code can be asked for a while. */
const REMEMBERED = 5 * 60_000

function forgetLater(context: EngineContext, session: ExecSession): void {
  setTimeout(() => context.execs.forget(session.id), REMEMBERED).unref()
}

function finishExec(context: EngineContext, session: ExecSession, code: number): void {
  session.status = 'done'
  session.exitCode = code
  session.pid = 0
  session.terminal = undefined
  session.container.execs.delete(session.id)
  if (session.purpose === 'client') forgetLater(context, session)
  else context.execs.forget(session.id)
  tell(context, session.container, 'exec_die', { execID: session.id, exitCode: String(code) })
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
  const [entrypoint = '', ...rest] = request.Cmd ?? []
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
