/** Where the lines of a log's streams begin and end. Streams may be interleaved, and lines spread over pieces. */
import type { Piece } from '../client/docker-frames.ts'
import type { LogStream } from './log-line.ts'
import { LONGEST_STAMP, StampReader } from './log-time.ts'

const NEWLINE = 10
const SPACE = 32
/** dockerd cuts lines at twice this, Podman at this, and both put a time before each part. */
const PART = 8_192

/** Is told of each line. */
export interface LineSink {
  begin(stream: LogStream, time: bigint): void
  /** Some of its bytes, without the line's end. */
  add(stream: LogStream, bytes: Buffer): void
  end(stream: LogStream): void
}

interface StreamState {
  /** The beginning of a line whose time has not come whole. */
  head: Buffer | undefined
  isWithinLine: boolean
  /** Bytes of the line so far. */
  length: number
}

export class LineSplitter {
  readonly #sink: LineSink
  readonly #stamps = new StampReader()
  readonly #streams: Record<LogStream, StreamState> = { stdout: fresh(), stderr: fresh() }
  /** That of the last line: for one that comes without. */
  #lastTime = 0n

  constructor(sink: LineSink) {
    this.#sink = sink
  }

  take({ stream, bytes: piece, isStart }: Piece): void {
    const state = this.#streams[stream]
    const bytes = state.head === undefined ? piece : Buffer.concat([state.head, piece])
    const begins = isStart || state.head !== undefined
    state.head = undefined
    for (let at = 0; at < bytes.length; ) {
      const isPart = state.isWithinLine && state.length > 0 && state.length % PART === 0 && (at > 0 || begins)
      if ((!state.isWithinLine || isPart) && isHalfStamp(bytes, at)) {
        state.head = bytes.subarray(at)
        return
      }
      if (!state.isWithinLine) at += this.#begin(stream, bytes, at)
      else if (isPart) at += this.#stamps.read(bytes, at)?.length ?? 0
      const newline = bytes.indexOf(NEWLINE, at)
      const lineEnd = newline === -1 ? bytes.length : newline
      const end = Math.min(lineEnd, at + PART - (state.length % PART))
      if (end > at) this.#sink.add(stream, bytes.subarray(at, end))
      state.length += end - at
      at = end
      if (end !== newline) continue
      state.isWithinLine = false
      this.#sink.end(stream)
      at = newline + 1
    }
  }

  /** What comes next of the stream is the beginning of a line. */
  reset(stream: LogStream): void {
    this.#streams[stream] = fresh()
  }

  #begin(stream: LogStream, bytes: Buffer, at: number): number {
    const stamp = this.#stamps.read(bytes, at)
    if (stamp !== undefined) this.#lastTime = stamp.time
    const state = this.#streams[stream]
    state.isWithinLine = true
    state.length = 0
    this.#sink.begin(stream, this.#lastTime)
    return stamp?.length ?? 0
  }
}

function fresh(): StreamState {
  return { head: undefined, isWithinLine: false, length: 0 }
}

/** Whether what is there of a line ends within its time. */
function isHalfStamp(bytes: Buffer, at: number): boolean {
  const rest = bytes.subarray(at)
  return rest.length < LONGEST_STAMP && !rest.includes(NEWLINE) && !rest.includes(SPACE)
}
