/** The way into a process: the write end of its stdin, or its terminal. */
import { Socket } from 'node:net'
import { ReadStream } from 'node:tty'

export interface Input {
  /** Resolves when the process takes more. */
  write(data: Uint8Array): Promise<void>
  /** The process will see the end of its input; without effect on a terminal. */
  end(): void
  close(): void
}

/** Takes over the write end of a pipe. */
export function pipeInput(fd: number): Input {
  return streamInput(new Socket({ fd, readable: false, writable: true }), (stream) => stream.end())
}

/** Takes over a terminal's master, for writing alone. */
export function terminalInput(fd: number): Input {
  // tty.ReadStream is Node's only stream that takes a terminal's master and writes without a thread of the pool.
  return streamInput(new ReadStream(fd), () => undefined)
}

function streamInput(stream: Socket, end: (stream: Socket) => void): Input {
  // A process that has closed its input or has ended: what is written from then on has no reader.
  stream.on('error', () => stream.destroy())
  return {
    write: (data) =>
      new Promise((resolve) => {
        if (stream.destroyed || !stream.writable) resolve()
        else if (stream.write(data)) resolve()
        else onceAny(stream, ['drain', 'close'], resolve)
      }),
    end: () => end(stream),
    close: () => stream.destroy(),
  }
}

function onceAny(stream: Socket, events: readonly string[], action: () => void): void {
  const settle = () => {
    for (const event of events) stream.off(event, settle)
    action()
  }
  for (const event of events) stream.on(event, settle)
}
