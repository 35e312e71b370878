import type { LogLine } from '../../http/backend.ts'
import type { Frame } from './frame.ts'
import type { LogIndex } from './index.ts'
import { PAGE_BYTES } from './lines-before.ts'
import { type OpenLines, openLinesAt } from './open-lines.ts'
import { decode, firstBytes, MAX_TEXT } from './pending-line.ts'
import { comparePositions, type Position, positionOf, writePosition } from './position.ts'
import { HISTORY_BLOCK, readFrames } from './reader.ts'

const NEWLINE = 10

export interface AfterRequest {
  /** Absent: from the beginning. */
  readonly after?: Position
  readonly lines: number
  /** The log's size. */
  readonly size: number
  readonly signal: AbortSignal
}

export interface AfterPage {
  readonly lines: readonly LogLine[]
  /** The last line's, or the last byte that was read when all lines were; undefined when nothing is there. */
  readonly end: Position | undefined
}

/** The lines that end after a place, with their beginnings before it. Errors: NotFound `log-position-gone`, those of read(2). */
export async function linesAfter(descriptor: number, index: LogIndex, request: AfterRequest): Promise<AfterPage> {
  const { after, size, signal } = request
  const open = after === undefined ? undefined : await openLinesAt(descriptor, index, after)
  const lines: LogLine[] = []
  const partial: [GrowingLine, GrowingLine, GrowingLine] = [new GrowingLine(), new GrowingLine(), new GrowingLine()]
  let shown = 0
  let end = after
  const from = Math.min(...[after?.at ?? 0, ...(open?.begins ?? []).flatMap((cut) => (cut === undefined ? [] : [cut.at]))])
  for await (const { frames } of readFrames(descriptor, { from, to: size, blockSize: HISTORY_BLOCK })) {
    for (const frame of frames) {
      const line = partial[frame.stream]
      let begin = firstWanted(frame, after, open)
      for (let newline = frame.data.indexOf(NEWLINE, begin); newline !== -1; newline = frame.data.indexOf(NEWLINE, begin)) {
        line.append(frame, begin, newline)
        begin = newline + 1
        end = positionOf(frame, newline)
        lines.push(line.finish(frame, newline))
        shown += Math.min(lines.at(-1)?.length ?? 0, MAX_TEXT)
        if (lines.length >= request.lines || shown >= PAGE_BYTES) return { lines, end }
      }
      if (begin >= frame.data.length) continue
      line.append(frame, begin, frame.data.length)
      end = later(end, positionOf(frame, frame.data.length - 1))
    }
    if (signal.aborted) break
  }
  return { lines: [...lines, ...openLines(partial)], end }
}

function later(one: Position | undefined, other: Position): Position {
  return one === undefined || comparePositions(one, other) < 0 ? other : one
}

function openLines(partial: readonly GrowingLine[]): LogLine[] {
  const open = partial.flatMap((line) => line.rest() ?? [])
  return open.sort((one, other) => comparePositions(one.end, other.end)).map(({ line }) => line)
}

/** Where in the frame the first line begins that ends after the position. */
function firstWanted({ at, stream, data }: Frame, after: Position | undefined, open: OpenLines | undefined): number {
  if (after === undefined) return 0
  const begin = open?.begins[stream] ?? { at: after.at, byte: after.byte + 1 }
  if (at < begin.at) return data.length
  return at === begin.at ? begin.byte : 0
}

/** A line of one stream as it is found from its beginning on. */
class GrowingLine {
  #length = 0
  #pieces: Uint8Array[] = []
  #kept = 0
  #first: Frame | undefined
  #last: { frame: Frame; byte: number } | undefined

  append(frame: Frame, from: number, to: number): void {
    if (from >= to) return
    this.#first ??= frame
    this.#length += to - from
    this.#last = { frame, byte: to - 1 }
    if (this.#kept >= MAX_TEXT) return
    this.#pieces.push(frame.data.subarray(from, to))
    this.#kept += to - from
  }

  /** The line that ends with this newline; the next one begins. */
  finish(frame: Frame, newline: number): LogLine {
    const line = this.#line(frame, newline, { isOpen: false })
    this.#length = 0
    this.#pieces = []
    this.#kept = 0
    this.#first = undefined
    this.#last = undefined
    return line
  }

  /** What has no newline. */
  rest(): { end: Position; line: LogLine } | undefined {
    if (this.#last === undefined) return undefined
    const { frame, byte } = this.#last
    return { end: positionOf(frame, byte), line: this.#line(frame, byte, { isOpen: true }) }
  }

  #line(frame: Frame, byte: number, { isOpen }: { isOpen: boolean }): LogLine {
    return {
      position: writePosition(positionOf(frame, byte)),
      time: (this.#first ?? frame).time,
      stream: frame.stream,
      text: decode(firstBytes(this.#pieces, MAX_TEXT), this.#length),
      length: this.#length,
      isCut: this.#length > MAX_TEXT,
      isOpen,
      isContinued: false,
    }
  }
}
