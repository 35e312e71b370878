/** Which pieces of a log's frames are wanted. */
import type { LogChunk } from '../../http/backend.ts'
import { Frame } from './frame.ts'
import { withLine } from './index.ts'
import type { Cuts } from './tail.ts'

const NEWLINE = 10

export interface Wanted {
  readonly stdout: boolean
  readonly stderr: boolean
  /** Nanoseconds since 1970. A line belongs to the moment at which its first byte was written. */
  readonly since?: bigint
  readonly cuts?: Cuts
  /** The lines that are open where reading begins: see `Place`. */
  readonly openLines: number
}

/** Cuts frames at the beginnings of lines, and only where the wanted part begins: everything later is as it was written. */
export class Selection {
  readonly #wanted: Wanted
  #cuts: Cuts | undefined
  /** Bit n: the last line of stream n was begun before `since` and has not ended. */
  #openLines: number

  constructor(wanted: Wanted) {
    this.#wanted = wanted
    this.#cuts = wanted.cuts
    this.#openLines = wanted.openLines
  }

  /** The file has begun anew: what was known of its places is void. */
  restart(): void {
    this.#cuts = undefined
    this.#openLines = 0
  }

  /** The frame, the end of it, or undefined when nothing of it is wanted. A terminal counts as stdout. */
  take(frame: Frame): LogChunk | undefined {
    const { stdout, stderr, since } = this.#wanted
    if (frame.stream === 2 ? !stderr : !stdout) return undefined
    const cut = this.#cuts?.[frame.stream]
    if (cut !== undefined && frame.at < cut.at) return undefined
    let from = cut !== undefined && frame.at === cut.at ? cut.byte : 0
    if (since !== undefined) from = this.#firstSince(frame, from, since)
    if (from === 0) return frame
    if (from >= frame.data.length) return undefined
    return new Frame(frame.at, frame.stream, frame.data.subarray(from), frame.seconds, frame.nanoseconds)
  }

  #firstSince(frame: Frame, from: number, since: bigint): number {
    const { data, stream } = frame
    if (frame.time < since) {
      this.#openLines = withLine(this.#openLines, stream, data[data.length - 1] !== NEWLINE)
      return data.length
    }
    if ((this.#openLines & (1 << stream)) === 0) return from
    const newline = data.indexOf(NEWLINE, from)
    if (newline === -1) return data.length
    this.#openLines = withLine(this.#openLines, stream, false)
    return newline + 1
  }
}
