/** An exec's streams: no keeper is there for them, so the helper reads them itself. */
import { Socket } from 'node:net'
import { ReadStream } from 'node:tty'
import type { Attachment, OutputChunk } from '../../http/backend.ts'
import { ChunkQueue, type Source } from '../chunk-queue.ts'
import { tell } from '../containers/container-events.ts'
import { type Input, pipeInput } from '../containers/input.ts'
import type { EngineContext } from '../context.ts'
import { drained } from './drained.ts'
import type { ExecSession } from './exec-sessions.ts'
import { hangUpExec } from './hang-up-exec.ts'
import { KeptTerminal } from './kept-terminal.ts'
import type { ExecProcess } from './launch-exec.ts'

export interface StartedExec {
  readonly started: ExecProcess
  readonly openStdin: boolean
  readonly detach: boolean
}

interface Output {
  readonly socket: Socket
  readonly stream: OutputChunk['stream']
}

/** Where output goes, attached or not. */
interface Sink {
  take(chunk: OutputChunk): void
  readonly isFull: boolean
  end(): void
  /** The client that has started the exec. */
  attach(): Attachment
}

/** Connects the process's streams, and sees to its end. */
export function connectExec(context: EngineContext, session: ExecSession, exec: StartedExec): Attachment | undefined {
  const { outputs, input } = openStreams(exec.started)
  session.input = input
  const sink = session.request.Reattach === true ? keepTerminal(session, { outputs, exec }) : plainSink(session, { outputs, exec })
  const ends = outputs.map(({ socket, stream }) => readInto(socket, (data) => sink.take({ stream, data })))
  // Its number may come to mean another file.
  for (const { socket, stream } of outputs) if (stream === 0) socket.once('close', () => (session.terminal = undefined))
  for (const end of ends) end.then(() => context.execs.reap()).catch(context.report)
  const exited = context.execs.watch(exec.started.process).then((code) => finishExec(context, session, code))
  // Background processes may hold the streams open; what the command itself wrote has been read when both are done or it has ended.
  Promise.all([exited, Promise.race([Promise.all(ends), exited.then(() => drained(sink))])])
    .then(() => {
      sink.end()
      // What a probe leaves running would hold two descriptors for each probe.
      if (session.purpose === 'probe') for (const { socket } of outputs) socket.destroy()
    })
    .catch(context.report)
  Promise.all([exited, ...ends])
    .then(() => input?.close())
    .catch(context.report)
  return exec.detach ? undefined : sink.attach()
}

function openStreams(started: ExecProcess): { outputs: Output[]; input: Input | undefined } {
  if (started.terminal !== undefined) {
    const terminal = new ReadStream(started.terminal)
    return { outputs: [{ socket: terminal, stream: 0 }], input: masterInput(terminal) }
  }
  const outputs: Output[] = []
  const open = (fd: number) => new Socket({ fd, readable: true, writable: false })
  if (started.output !== undefined) outputs.push({ socket: open(started.output), stream: 1 })
  if (started.errors !== undefined) outputs.push({ socket: open(started.errors), stream: 2 })
  return { outputs, input: started.input === undefined ? undefined : pipeInput(started.input) }
}

interface Connecting {
  readonly outputs: readonly Output[]
  readonly exec: StartedExec
}

function keepTerminal(session: ExecSession, { outputs, exec }: Connecting): Sink {
  const terminal: Source = {
    pause: () => outputs[0]?.socket.pause(),
    resume: () => outputs[0]?.socket.resume(),
  }
  const abandon = () => {
    if (session.status === 'running') hangUpExec(session)
  }
  session.kept = new KeptTerminal({ terminal, input: exec.openStdin ? session.input : undefined, abandon })
  return session.kept
}

/** As Docker: when the client goes the process goes on, but nobody can come back to it. */
function plainSink({ request, input }: ExecSession, { outputs, exec }: Connecting): Sink {
  const { detach, openStdin } = exec
  const queue = new ChunkQueue<OutputChunk>()
  for (const { socket } of outputs) queue.addSource(socket)
  const isWanted = (stream: OutputChunk['stream']) =>
    !detach && (stream === 0 || (stream === 1 ? request.AttachStdout === true : request.AttachStderr === true))
  return {
    take: (chunk) => {
      if (isWanted(chunk.stream)) queue.push(chunk)
    },
    get isFull() {
      return queue.isFull
    },
    end: () => queue.end(),
    attach: () => ({
      tty: exec.started.terminal !== undefined,
      output: queue,
      ...(request.DetachKeys === undefined || request.DetachKeys === '' ? {} : { detachKeys: request.DetachKeys }),
      write: async (data) => {
        if (openStdin) await input?.write(data)
      },
      endInput: () => input?.end(),
      close: () => {
        queue.end()
        for (const { socket } of outputs) socket.resume() // read on for nobody: the process must not block
        if (openStdin) input?.end()
      },
    }),
  }
}

/** Resolves at the stream's end; a terminal's master ends with EIO. */
function readInto(socket: Socket, take: (data: Buffer) => void): Promise<void> {
  return new Promise((resolve) => {
    socket.on('data', take)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve())
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

function finishExec(context: EngineContext, session: ExecSession, code: number): void {
  session.status = 'done'
  session.exitCode = code
  session.pid = 0
  context.execs.ended(session)
  tell(context, session.container, 'exec_die', { execID: session.id, exitCode: String(code) })
}
