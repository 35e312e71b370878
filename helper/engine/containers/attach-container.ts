/** Being connected to a container's terminal or pipes, and reading its log. */
import { PockerError } from '../../api/errors.ts'
import type { Attachment, AttachOptions, LogChunk, LogOptions } from '../../http/backend.ts'
import type { EngineContext } from '../context.ts'
import type { Log } from '../log/log-store.ts'
import type { Container } from './container.ts'
import { tell } from './container-events.ts'

/** Connects a client. Output comes out of the log, which the keeper writes as it comes. Errors: Conflict `container-paused`. */
export function attachContainer(context: EngineContext, container: Container, options: AttachOptions): Attachment {
  if (container.paused) {
    throw new PockerError('Conflict', `attach to container ${container.record.name}: it is paused, unpause it first`, {
      code: 'container-paused',
    })
  }
  const gone = new AbortController()
  const { stdout, stderr } = container.terminal ? { stdout: true, stderr: true } : options
  const control = { ended: container.currentRun, signal: gone.signal }
  const output = options.stream
    ? container.log.attach(options.logs ? 0 : container.log.size(), { stdout, stderr }, control)
    : container.log.read({ stdout, stderr, follow: false }, control)
  const accepts = options.stdin && container.record.config.OpenStdin === true
  tell(context, container, 'attach')
  return {
    tty: container.terminal,
    output,
    write: async (data) => {
      if (!accepts) return
      await container.whenRunning()
      await container.running?.input?.write(data)
    },
    endInput: () => {
      // Docker's StdinOnce: the first client's end of input is the container's.
      if (accepts && container.record.config.StdinOnce === true) endInput(container).catch(context.report)
    },
    close: () => gone.abort(),
  }
}

async function endInput(container: Container): Promise<void> {
  await container.whenRunning()
  container.running?.endInput()
}

/** The log. Errors: NotImplemented `log-not-kept`. */
export function readLog(container: Container, options: LogOptions): { tty: boolean; chunks: AsyncIterable<LogChunk> } {
  const log = requireLog(container)
  const goesOn = options.lives === 'all' || container.running !== undefined || container.restarting !== undefined
  const ended = options.lives === 'all' ? container.removed.signal : container.ended.signal
  return {
    tty: container.terminal,
    chunks: log.read(
      { ...options, follow: options.follow && goesOn },
      { ended, ...(options.signal === undefined ? {} : { signal: options.signal }) },
    ),
  }
}

/** The log, if it is kept for reading. Errors: NotImplemented `log-not-kept`. */
export function requireLog(container: Container): Log {
  if (container.hostConfig.LogConfig?.Type !== 'none') return container.log
  throw new PockerError('NotImplemented', 'read log: configured logging driver does not support reading', {
    code: 'log-not-kept',
    hint: 'the container was made with log driver "none"',
  })
}
