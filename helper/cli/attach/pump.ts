import type { Hijacked } from '../http/client.ts'
import type { Io } from '../io.ts'
import { terminalSize, write } from '../io.ts'
import { demultiplex } from './demultiplex.ts'
import { watchForKeys } from './detach-keys.ts'
import { rawMode } from './raw-mode.ts'

export interface PumpOptions {
  readonly connection: Hijacked
  readonly io: Io
  readonly tty: boolean
  readonly stdin: boolean
  /** False drops what comes on the stream. */
  readonly stdout: boolean
  readonly stderr: boolean
  readonly detachKeys: Uint8Array
  /** Tells the engine the terminal's size, at once and whenever it changes. */
  readonly resize?: (size: { height: number; width: number }) => void
}

export type PumpEnd = 'ended' | 'detached'

/**
 * Joins the caller's streams with the process's until the process's output ends or the detach keys are typed. A terminal is in raw mode
 * meanwhile and restored on every way out.
 */
export async function pump(options: PumpOptions): Promise<PumpEnd> {
  const { io, tty, stdin } = options
  const restore = tty && stdin ? await rawMode(io.stdin) : () => undefined
  const stopResizing = tty ? followSize(options) : () => undefined
  const input = stdin ? pumpInput(options) : undefined
  try {
    const output = pumpOutput(options).then(() => 'ended' as const)
    return await (input === undefined ? output : Promise.race([output, input.detached]))
  } finally {
    restore()
    stopResizing()
    input?.stop()
  }
}

async function pumpOutput({ connection, io, tty, stdout, stderr }: PumpOptions): Promise<void> {
  if (tty) {
    for await (const bytes of connection.output) if (stdout) await write(io.stdout, bytes)
    return
  }
  for await (const { stream, bytes } of demultiplex(connection.output)) {
    if (stream === 'stdout' && stdout) await write(io.stdout, bytes)
    if (stream === 'stderr' && stderr) await write(io.stderr, bytes)
  }
}

function pumpInput({ connection, io, tty, detachKeys }: PumpOptions): { detached: Promise<PumpEnd>; stop: () => void } {
  const { stdin } = io
  const filter = tty ? watchForKeys(detachKeys) : undefined
  let stopped = false
  const { promise: detached, resolve, reject } = Promise.withResolvers<PumpEnd>()
  const onData = (chunk: unknown) => {
    if (!(chunk instanceof Uint8Array)) return
    const { send, detach } = filter?.feed(chunk) ?? { send: chunk, detach: false }
    if (detach) return resolve('detached')
    stdin.pause()
    connection.write(send).then(() => {
      if (!stopped) stdin.resume()
    }, reject)
  }
  const onEnd = () => connection.endInput()
  stdin.on('data', onData)
  stdin.once('end', onEnd)
  return {
    detached,
    stop: () => {
      stopped = true
      stdin.off('data', onData)
      stdin.off('end', onEnd)
      stdin.pause()
    },
  }
}

function followSize({ io, resize }: PumpOptions): () => void {
  const tell = () => {
    const size = terminalSize(io.stdout)
    if (size !== undefined) resize?.(size)
  }
  tell()
  io.stdout.on('resize', tell)
  return () => {
    io.stdout.off('resize', tell)
  }
}
