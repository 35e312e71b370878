/** A log's lines, made of the pieces of its streams. */

import type { Piece } from '../client/docker-frames.ts'
import { cleanLine } from './clean-line.ts'
import { LineSplitter } from './line-splitter.ts'
import type { LogLine, LogStream } from './log-line.ts'
import { PLAIN } from './sgr.ts'

const RETURN = 13
/** Bytes of a line that are kept: enough for its characters with all the colours that there may be between them. */
const KEPT = 16_384
/** Characters of a line that are shown. VS Code gives up colouring at 20,000 and drawing at 10,000. */
export const LONGEST_SHOWN = 2_000

export interface Origin {
  readonly member: number
  readonly containerId: string
}

interface OpenLine {
  parts: Buffer[]
  /** Bytes in `parts`. */
  kept: number
  /** Bytes of the line so far. */
  length: number
  readonly time: bigint
  /** More has come than is kept. */
  isOver: boolean
  /** What comes next overwrites it. */
  isReturned: boolean
  endsReturned: boolean
}

export class LineAssembler {
  readonly #origin: Origin
  readonly #splitter = new LineSplitter({
    begin: (stream, time) => {
      this.#open[stream] = { parts: [], kept: 0, length: 0, time, isOver: false, isReturned: false, endsReturned: false }
    },
    add: (stream, bytes) => {
      const open = this.#open[stream]
      if (open !== undefined) addTo(open, bytes)
    },
    end: (stream) => this.#finish(stream),
  })
  readonly #open: Record<LogStream, OpenLine | undefined> = { stdout: undefined, stderr: undefined }
  readonly #styles: Record<LogStream, number> = { stdout: PLAIN, stderr: PLAIN }
  #lines: LogLine[] = []

  constructor(origin: Origin) {
    this.#origin = origin
  }

  /** The lines that end in these pieces, in the order of their ends. */
  take(pieces: readonly Piece[]): LogLine[] {
    for (const piece of pieces) this.#splitter.take(piece)
    const lines = this.#lines
    this.#lines = []
    return lines
  }

  /** Lines that have begun and not ended. */
  get open(): readonly LogLine[] {
    return (['stdout', 'stderr'] as const).flatMap((stream) => {
      const open = this.#open[stream]
      return open === undefined || open.length === 0 ? [] : [this.#lineOf(stream, open, { isOpen: true })]
    })
  }

  /** What has come of lines that nothing more will come of. */
  takeRest(): LogLine[] {
    const lines = this.open.map((line) => ({ ...line, isOpen: false }))
    this.forget('stdout')
    this.forget('stderr')
    return lines
  }

  /** The rest of what has begun in the stream does not come. */
  forget(stream: LogStream): void {
    this.#open[stream] = undefined
    this.#splitter.reset(stream)
  }

  #finish(stream: LogStream): void {
    const open = this.#open[stream]
    if (open === undefined) return
    this.#open[stream] = undefined
    this.#lines.push(this.#lineOf(stream, open, { isOpen: false }))
  }

  #lineOf(stream: LogStream, open: OpenLine, { isOpen }: { isOpen: boolean }): LogLine {
    const [only] = open.parts
    const bytes = open.parts.length === 1 && only !== undefined ? only : Buffer.concat(open.parts)
    const { text, marks, style } = cleanLine(bytes.toString('utf8'), this.#styles[stream])
    if (!isOpen) this.#styles[stream] = style
    const shown = cutToShown({ text, marks, isCut: open.isOver })
    return {
      member: this.#origin.member,
      containerId: this.#origin.containerId,
      stream,
      time: open.time,
      text: shown.text,
      marks: shown.marks,
      length: open.length - (open.endsReturned ? 1 : 0),
      isCut: shown.isCut,
      isOpen,
    }
  }
}

type Shown = Pick<LogLine, 'text' | 'marks' | 'isCut'>

/** As much of a line's text as is shown. */
export function cutToShown({ text, marks, isCut }: Shown): Shown {
  if (text.length <= LONGEST_SHOWN) return { text, marks, isCut }
  return {
    // The cut may go through a character of two units.
    text: text.slice(0, LONGEST_SHOWN).toWellFormed(),
    marks: marks.flatMap((mark) => (mark.start < LONGEST_SHOWN ? [{ ...mark, end: Math.min(mark.end, LONGEST_SHOWN) }] : [])),
    isCut: true,
  }
}

// Of a line that goes on and on, such as a progress bar's, only what stands there after its last carriage return is of any use.
function addTo(open: OpenLine, bytes: Buffer): void {
  open.length += bytes.length
  open.endsReturned = bytes.at(-1) === RETURN
  if (open.isReturned) {
    open.parts = []
    open.kept = 0
    open.isOver = false
    open.isReturned = false
  }
  if (!open.isOver && open.kept + bytes.length <= KEPT) {
    open.parts.push(bytes)
    open.kept += bytes.length
    return
  }
  const all = open.isOver ? bytes : Buffer.concat([...open.parts, bytes])
  const lastReturn = all.subarray(0, -1).lastIndexOf(RETURN)
  if (!open.isOver || lastReturn !== -1) {
    const left = all.subarray(lastReturn + 1)
    open.isOver = left.length > KEPT
    open.parts = [open.isOver ? left.subarray(0, KEPT) : left]
    open.kept = Math.min(left.length, KEPT)
  }
  open.isReturned = open.isOver && all.at(-1) === RETURN
}
