/**
 * Output from before a client was attached. An engine gives all of it or none, so its end is read from the log, once the client is attached: then
 * nothing in between is missing, and what both have is cut off here.
 */
import { frameSplitter } from '../client/docker-frames.ts'
import { marker, type OutputPiece, UNMARK } from './output-text.ts'

export interface PastOutput {
  /** The log's last part, as the engine gives it. */
  readonly log: Uint8Array
  /** What has come over the attached connection before the log was read. */
  readonly live: Uint8Array
  readonly isTerminal: boolean
}

/** The log's text without what the connection brings too. */
export function pastText({ log, live, isTerminal }: PastOutput): string {
  if (isTerminal) {
    const bytes = Buffer.from(log)
    return bytes.subarray(0, bytes.length - overlap(bytes, Buffer.from(live))).toString('utf8')
  }
  const past = frameSplitter('show')(log)
  const common = overlap(joined(past), joined(frameSplitter('show')(live)))
  return marker()(withoutEnd(past, common)) + UNMARK
}

/** From so many bytes on, the same ones mean the same output, also where the log has gone on since. */
const TELLING = 64

/** How many bytes at the log's end come over the connection, too. */
function overlap(log: Buffer, live: Buffer): number {
  const at = live.length < TELLING ? -1 : log.lastIndexOf(live)
  if (at >= 0) return log.length - at
  // Docker keeps a line back until it is complete, so the log's end may be only a beginning of what came.
  for (let length = Math.min(log.length, live.length); length > 0; length--)
    if (log.subarray(-length).equals(live.subarray(0, length))) return length
  return 0
}

function joined(pieces: readonly OutputPiece[]): Buffer {
  return Buffer.concat(pieces.map(({ bytes }) => bytes))
}

function withoutEnd(pieces: readonly OutputPiece[], bytes: number): readonly OutputPiece[] {
  let left = joined(pieces).length - bytes
  return pieces.map(({ stream, bytes: all }) => {
    const kept = all.subarray(0, left)
    left -= kept.length
    return { stream, bytes: kept }
  })
}
