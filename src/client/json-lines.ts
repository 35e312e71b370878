import type { Readable } from 'node:stream'
import type { z } from 'zod'
import { EngineError } from './engine-error.ts'

/** An engine's line is a few hundred bytes; one that never ends must not fill the memory. */
const LONGEST = 1 << 20

/** The JSON values of a stream, one to a line. Errors: EngineError `bad-answer`; those of the stream. */
export async function* jsonLines<T>(stream: Readable, schema: z.ZodType<T>): AsyncGenerator<T, void, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of stream) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST) throw new EngineError('bad-answer', 'a line of the answer does not end')
    for (const line of lines) if (line.trim() !== '') yield parseValue(line, schema)
  }
  if (rest.trim() !== '') yield parseValue(rest, schema)
}

/** A value of JSON text, checked. Errors: EngineError `bad-answer`. */
export function parseValue<T>(text: string, schema: z.ZodType<T>): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new EngineError('bad-answer', 'the answer is not JSON', { cause })
  }
  const checked = schema.safeParse(value)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  throw new EngineError('bad-answer', `the answer is not as expected: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`)
}
