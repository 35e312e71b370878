/** Each value as a line of JSON, as Docker streams events and stats. JSON escapes control characters, so no value can forge a line. */
export async function* jsonLines(values: AsyncIterable<unknown>): AsyncIterable<Uint8Array> {
  for await (const value of values) yield Buffer.from(`${JSON.stringify(value)}\n`)
}
