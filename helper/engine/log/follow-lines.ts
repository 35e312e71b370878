import type { FollowedLines, LogLine } from '../../http/backend.ts'
import { followFrames } from './follow.ts'
import { type Frame, HEADER_SIZE } from './frame.ts'
import { withLine } from './index.ts'
import type { LogFile } from './log-file.ts'
import { openLinesAt } from './open-lines.ts'
import { decode, firstBytes, MAX_TEXT } from './pending-line.ts'
import { type Position, positionOf, writePosition } from './position.ts'

const NEWLINE = 10

export interface FollowRequest {
  /** Absent: from the beginning. */
  readonly after?: Position
  readonly ended: readonly AbortSignal[]
  readonly gone: readonly AbortSignal[]
}

/**
 * What is written after a place, as it comes: lines, and pieces of lines that have no newline yet or go on from before. Nothing is
 * missing between two pieces but where `gap` stands. Preconditions: the file is acquired and its watch open.
 * Errors: NotFound `log-position-gone`, those of read(2).
 */
export async function* followLines(file: LogFile, descriptor: number, request: FollowRequest): AsyncGenerator<FollowedLines, void, void> {
  const { after, ended, gone } = request
  const { generation } = file.look()
  const open = after === undefined ? undefined : await openLinesAt(descriptor, file.index, after)
  const pieces = new Pieces([0, 1, 2].reduce((bits, stream) => (open?.begins[stream] === undefined ? bits : bits | (1 << stream)), 0))
  let reached = after?.at ?? 0
  for await (const batch of followFrames(file, descriptor, { from: after?.at ?? 0, generation, ended, gone })) {
    const found: (LogLine | 'gap')[] = []
    for (const frame of batch.frames) {
      // Of an emptied log, and where something was freed that had not been read.
      if (frame.at !== reached) {
        found.push('gap')
        pieces.restart()
      }
      reached = frame.at + HEADER_SIZE + frame.data.length
      const from = after !== undefined && frame.at === after.at && frame.time === timeOf(after) ? after.byte + 1 : 0
      found.push(...pieces.of(frame, from))
    }
    if (found.length > 0) yield found
  }
}

function timeOf({ seconds, nanoseconds }: Position): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)
}

/** Takes frames apart at the ends of lines. */
class Pieces {
  /** Bit n: the line of stream n has begun and not ended. */
  #open: number
  /** Bytes of each stream's open line that have been shown. */
  readonly #shown: [number, number, number] = [0, 0, 0]

  constructor(open: number) {
    this.#open = open
  }

  restart(): void {
    this.#open = 0
    this.#shown.fill(0)
  }

  of(frame: Frame, from: number): LogLine[] {
    const { data } = frame
    const found: LogLine[] = []
    let begin = from
    while (begin < data.length) {
      const newline = data.indexOf(NEWLINE, begin)
      const end = newline === -1 ? data.length : newline
      found.push(this.#piece(frame, { begin, end, isOpen: newline === -1 }))
      begin = end + 1
    }
    return found
  }

  #piece(frame: Frame, { begin, end, isOpen }: { begin: number; end: number; isOpen: boolean }): LogLine {
    const { stream } = frame
    const room = Math.max(0, MAX_TEXT - this.#shown[stream])
    const length = end - begin
    const isContinued = (this.#open & (1 << stream)) !== 0
    this.#open = withLine(this.#open, stream, isOpen)
    this.#shown[stream] = isOpen ? this.#shown[stream] + length : 0
    return {
      position: writePosition(positionOf(frame, isOpen ? end - 1 : end)),
      time: frame.time,
      stream,
      text: decode(firstBytes([frame.data.subarray(begin, end)], room), length),
      length,
      isCut: length > room,
      isOpen,
      isContinued,
    }
  }
}
