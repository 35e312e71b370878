/** What a process writes, as a terminal shows it. */
import { TextDecoder } from 'node:util'
import { frameSplitter, type Piece } from '../client/docker-frames.ts'

// Italic rather than red or dim: many services log all they do to stderr, and that must be readable and alarm nobody.
const MARK = '\x1b[3m'
export const UNMARK = '\x1b[23m'

/** Text out of chunks that are cut anywhere. Errors: EngineError `bad-answer`. */
export type TextReader = (chunk: Uint8Array) => string

/** With a terminal of its own the bytes are as they should be; characters may be cut in two. */
export function rawReader(): TextReader {
  const decoder = newDecoder()
  return (chunk) => decoder.decode(chunk, { stream: true })
}

/** Without one: Docker's frames. */
export function framedReader(): TextReader {
  const split = frameSplitter('show')
  const mark = marker()
  return (chunk) => mark(split(chunk))
}

/** Where it began does not count here. */
export type OutputPiece = Pick<Piece, 'stream' | 'bytes'>

/** The text of pieces: lines end as a terminal needs it, and stderr is in italics. */
export function marker(): (pieces: readonly OutputPiece[]) => string {
  const decoders = { stdout: newDecoder(), stderr: newDecoder() }
  let marked: Piece['stream'] = 'stdout'
  return (pieces) =>
    pieces
      .map(({ stream, bytes }) => {
        const text = decoders[stream].decode(bytes, { stream: true }).replaceAll('\n', '\r\n')
        if (stream === marked || text === '') return text
        marked = stream
        return (stream === 'stderr' ? MARK : UNMARK) + text
      })
      .join('')
}

function newDecoder(): TextDecoder {
  return new TextDecoder('utf-8', { ignoreBOM: true })
}
