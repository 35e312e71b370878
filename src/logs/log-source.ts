/** Where a container's log comes from. All errors: EngineError. */
import type { Piece } from '../client/docker-frames.ts'
import type { LogLine } from './log-line.ts'
import type { LogPage } from './log-window.ts'

/** A place in the log: a line, or where that is not known a moment, and the lines of that moment which are there already. */
export interface LogPlace {
  readonly line?: LogLine
  readonly time: bigint
  readonly known: readonly LogLine[]
}

export interface PageRequest {
  /** The most lines that the page has. */
  readonly count: number
  readonly signal: AbortSignal
}

export interface FollowFrom {
  /** So many of the last lines at most. */
  readonly lines: number
  /** Of these, those that were written then or later. */
  readonly since?: bigint
}

export interface LogSource {
  /**
   * Of the last lines those from a place on, then what is written, as it comes. Begins with no pieces when the engine has answered;
   * ends when the container does, or when the signal is aborted.
   */
  follow(from: FollowFrom, signal: AbortSignal): AsyncIterable<readonly Piece[]>
  /** The last lines. */
  last(request: PageRequest): Promise<LogPage>
  /** The last lines before a place. */
  before(place: LogPlace, request: PageRequest): Promise<LogPage>
  /** The first lines from a place on that are not known. */
  after(place: LogPlace, request: PageRequest): Promise<LogPage>
  begin(request: PageRequest): Promise<LogPage>
  /** A line with as many before it and as many after it as a page has. */
  around(line: LogLine, request: PageRequest): Promise<LogPage>
  /** Lines that hold the text, in any case; `onProgress` is told how many bytes have been looked at, where that is known. */
  search(text: string, signal: AbortSignal, onProgress: (bytes: number) => void): AsyncIterable<LogLine>
  /** The whole log, with each line's time before it. */
  whole(signal: AbortSignal): AsyncIterable<readonly Piece[]>
  /** All bytes of a line, up to a bound. */
  wholeLine(line: Pick<LogLine, 'time' | 'stream' | 'length'>, limit: number, signal: AbortSignal): Promise<Buffer>
}
