import { piecesOf } from '../pieces.ts'

/** Each value as a line of JSON, as Docker streams events and stats. JSON escapes control characters, so no value can forge a line. */
export function jsonLines(values: AsyncIterable<unknown>): AsyncIterable<Uint8Array> {
  return piecesOf(values, (value) => [Buffer.from(`${JSON.stringify(value)}\n`)])
}
