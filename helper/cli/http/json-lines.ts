/** The JSON values of a stream, one per line or one after the other's line end. Errors: SyntaxError for a line that is no JSON. */
export async function* readJsonLines(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly text: string; readonly value: unknown }, void, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of body) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield { text: line, value: JSON.parse(line) }
  }
  rest += decoder.decode()
  if (rest.trim() !== '') yield { text: rest, value: JSON.parse(rest) }
}
