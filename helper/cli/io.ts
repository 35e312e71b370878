import type { Readable, Writable } from 'node:stream'

/** The program's surroundings, injected so that flows can be tested in one process. */
export interface Io {
  readonly stdin: InputStream
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute. */
  readonly cwd: string
  readonly signals: SignalSource
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export type InputStream = Readable & { readonly isTTY?: boolean; readonly fd?: number; setRawMode?(on: boolean): unknown }

export type OutputStream = Writable & { readonly isTTY?: boolean; readonly rows?: number; readonly columns?: number }

export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown
  off(signal: NodeJS.Signals, listener: () => void): unknown
}

/** Writes, and resolves when the stream wants more. */
export function write(stream: OutputStream, data: string | Uint8Array): Promise<void> | undefined {
  if (stream.write(data)) return undefined
  if (stream.destroyed) return undefined
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done)
      stream.off('close', done)
      resolve()
    }
    stream.on('drain', done)
    stream.on('close', done)
  })
}

/** Resolves when all that was written has left the program. */
export function flushed(stream: OutputStream): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return Promise.resolve()
  // The callback of an empty write comes after all earlier ones; `drain` comes only to a stream that was over its limit.
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}

/** The terminal's height and width; undefined when the stream is none, or has no size yet. */
export function terminalSize(stream: OutputStream): { readonly height: number; readonly width: number } | undefined {
  const { rows = 0, columns = 0 } = stream
  return stream.isTTY === true && rows > 0 && columns > 0 ? { height: rows, width: columns } : undefined
}
