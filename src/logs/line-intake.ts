/** What has come of a log and has not been shown yet: bounded, whatever a container writes. The oldest lines are counted and dropped. */
import type { Piece } from '../client/docker-frames.ts'
import { LineAssembler, type Origin } from './line-assembler.ts'
import type { LogLine, LogStream } from './log-line.ts'

const NEWLINE = 10

export interface IntakeLimits {
  readonly lines: number
  /** Bytes that wait, and characters that are held. */
  readonly bytes: number
}

export interface Taken {
  readonly lines: readonly LogLine[]
  /** Lines that were dropped before these. */
  readonly skipped: number
}

/** Bytes wait as they come: those of a line that nobody will see are only searched for its end, which takes a tenth of the time. */
export class LineIntake {
  readonly #limits: IntakeLimits
  readonly #assembler: LineAssembler
  #pieces: Piece[] = []
  #bytes = 0
  #lines: LogLine[] = []
  #characters = 0
  #skipped = 0
  /** Streams of which something was dropped since the last line was made. */
  readonly #dropped = new Set<LogStream>()
  /** Streams of which something was dropped within a line: its rest goes too. */
  readonly #torn = new Set<LogStream>()

  constructor(origin: Origin, limits: IntakeLimits) {
    this.#limits = limits
    this.#assembler = new LineAssembler(origin)
  }

  /** Lines that have begun and not ended, of what was taken. */
  get open(): readonly LogLine[] {
    return this.#assembler.open
  }

  add(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      this.#bytes += piece.bytes.length
      this.#pieces.push(piece)
    }
    if (this.#bytes <= this.#limits.bytes) return
    this.#drop()
    // Few lines, and long ones: of these the beginnings are kept.
    if (this.#bytes > this.#limits.bytes / 2) this.#absorb()
  }

  /** All that has come, or of more than the limits the newest. */
  take(): Taken {
    this.#drop()
    this.#absorb()
    const taken: Taken = { lines: this.#lines, skipped: this.#skipped }
    this.#lines = []
    this.#characters = 0
    this.#skipped = 0
    return taken
  }

  /** What has come of lines that nothing more will come of. */
  takeRest(): readonly LogLine[] {
    return this.#assembler.takeRest()
  }

  #absorb(): void {
    for (const stream of this.#dropped) this.#assembler.forget(stream)
    this.#dropped.clear()
    for (const line of this.#assembler.take(this.#pieces)) {
      this.#lines.push(line)
      this.#characters += line.text.length
    }
    this.#pieces = []
    this.#bytes = 0
    let drop = Math.max(0, this.#lines.length - this.#limits.lines)
    for (let index = 0; index < this.#lines.length && (index < drop || this.#characters > this.#limits.bytes); index++) {
      this.#characters -= this.#lines[index]?.text.length ?? 0
      drop = Math.max(drop, index + 1)
    }
    if (drop > 0) this.#skip(drop)
  }

  #skip(lines: number): void {
    this.#lines = this.#lines.slice(lines)
    this.#skipped += lines
  }

  /** Of the bytes that wait, keeps the newest lines. A piece is kept from the beginning of a line on. */
  #drop(): void {
    let left = this.#limits.lines
    for (let index = this.#pieces.length - 1; index >= 0; index--) {
      const piece = this.#pieces[index]
      const lines = piece === undefined ? 0 : countLines(piece.bytes)
      if (piece === undefined || lines <= left) {
        left -= lines
        continue
      }
      this.#skip(this.#lines.length)
      this.#characters = 0
      this.#dropPieces(index)
      this.#dropBytes(piece, lastLines(piece.bytes, left))
      break
    }
    this.#mend()
  }

  #dropPieces(count: number): void {
    for (const { stream, bytes } of this.#pieces.splice(0, count)) {
      this.#skipped += countLines(bytes)
      this.#bytes -= bytes.length
      this.#tear(stream, bytes)
    }
  }

  /** Of the first piece all but `kept`, its end. */
  #dropBytes({ stream, bytes }: Piece, kept: Buffer): void {
    const dropped = bytes.length - kept.length
    this.#skipped += countLines(bytes.subarray(0, dropped))
    this.#bytes -= dropped
    this.#tear(stream, bytes.subarray(0, dropped))
    this.#pieces[0] = { stream, bytes: kept, isStart: false }
  }

  #tear(stream: LogStream, dropped: Buffer): void {
    if (dropped.length > 0) this.#dropped.add(stream)
    if (dropped.at(-1) === NEWLINE) this.#torn.delete(stream)
    else if (dropped.length > 0) this.#torn.add(stream)
  }

  /** Drops the rests of torn lines. */
  #mend(): void {
    for (let index = 0; index < this.#pieces.length && this.#torn.size > 0; index++) {
      const piece = this.#pieces[index]
      if (piece === undefined || !this.#torn.has(piece.stream)) continue
      const newline = piece.bytes.indexOf(NEWLINE)
      const kept = piece.bytes.subarray(newline === -1 ? piece.bytes.length : newline + 1)
      this.#bytes -= piece.bytes.length - kept.length
      this.#pieces[index] = { stream: piece.stream, bytes: kept, isStart: false }
      if (newline === -1) continue
      this.#skipped++
      this.#torn.delete(piece.stream)
    }
  }
}

/** How many line ends there are. */
export function countLines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++
  return count
}

/** The end of the bytes, from the beginning of a line on: so many lines, and one that has not ended. Whether one begins at the first byte is not known. */
function lastLines(bytes: Buffer, limit: number): Buffer {
  let from = bytes.length
  let lines = 0
  for (let end = bytes.length; end > 0 && lines <= limit; lines++) {
    const newline = bytes.lastIndexOf(NEWLINE, end - 1)
    if (newline === -1) break
    from = newline + 1
    end = newline
  }
  return bytes.subarray(from)
}
