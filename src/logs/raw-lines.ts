/** A log's lines as they were written, byte for byte: for a file. */
import type { Piece } from '../client/docker-frames.ts'
import { LineSplitter } from './line-splitter.ts'
import type { LogStream } from './log-line.ts'

export interface RawLine {
  readonly time: bigint
  readonly bytes: Buffer
  /** It is the beginning of a line: what goes on with it follows. */
  readonly isPart: boolean
  /** It goes on with the line before. */
  readonly isRest: boolean
}

/** A line is held until its end so that others do not get into it; of a longer one the parts are handed on. */
const LONGEST = 16 << 20

interface Held {
  readonly time: bigint
  parts: Buffer[]
  length: number
  isRest: boolean
}

/** The lines of a log, in the order of their ends. */
export async function* rawLines(all: AsyncIterable<readonly Piece[]>): AsyncGenerator<readonly RawLine[], void, void> {
  const held = new Map<LogStream, Held>()
  let lines: RawLine[] = []
  const put = ({ time, parts, isRest }: Held, { isPart }: { isPart: boolean }) =>
    lines.push({ time, bytes: Buffer.concat(parts), isPart, isRest })
  const splitter = new LineSplitter({
    begin: (stream, time) => void held.set(stream, { time, parts: [], length: 0, isRest: false }),
    add: (stream, bytes) => {
      const line = held.get(stream)
      if (line === undefined) return
      line.parts.push(bytes)
      line.length += bytes.length
      if (line.length < LONGEST) return
      put(line, { isPart: true })
      line.parts = []
      line.length = 0
      line.isRest = true
    },
    end: (stream) => {
      const line = held.get(stream)
      held.delete(stream)
      if (line !== undefined) put(line, { isPart: false })
    },
  })
  for await (const pieces of all) {
    for (const piece of pieces) splitter.take(piece)
    yield lines
    lines = []
  }
  for (const line of held.values()) if (line.length > 0) put(line, { isPart: false })
  yield lines
}
