/**
 * JSON text indented by four spaces, as Go's json.Indent does: numbers and strings stay as they were written, which parsing and printing
 * again would not promise. Preconditions: the text is JSON.
 */
export function indentJson(text: string): string {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? []
  let depth = 0
  let result = ''
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1]
    if (token === '{' || token === '[') {
      const empty = next === '}' || next === ']'
      if (!empty) depth++
      result += empty ? token : token + newLine(depth)
    } else if (token === '}' || token === ']') {
      const empty = tokens[index - 1] === '{' || tokens[index - 1] === '['
      if (!empty) depth--
      result += empty ? token : newLine(depth) + token
    } else if (token === ',') {
      result += token + newLine(depth)
    } else {
      result += token === ':' ? ': ' : token
    }
  }
  return result
}

function newLine(depth: number): string {
  return `\n${'    '.repeat(depth)}`
}
