/** The image that a Dockerfile begins with, for who wants to try its commands one by one. */

const VARIABLE = /\$(?:\{(?<braced>\w+)(?::-(?<otherwise>[^}]*))?\}|(?<bare>\w+))/g

/**
 * The image below the last stage, stages that build on one another followed down; undefined: there is none, or it is `scratch`, or a part of
 * its name is known only to a build.
 */
export function dockerfileBase(text: string): string | undefined {
  const stages = new Map<string, string>()
  const values = new Map<string, string>()
  let last: string | undefined
  for (const line of instructions(text)) {
    const argument = /^ARG\s+(?<name>\w+)=(?<value>\S+)/i.exec(line)?.groups
    // Those behind the first FROM are of its stage.
    if (argument !== undefined && stages.size === 0 && last === undefined) values.set(argument.name ?? '', unquoted(argument.value ?? ''))
    const from = /^FROM\s+(?:--\S+\s+)*(?<image>\S+)(?:\s+AS\s+(?<stage>\S+))?/i.exec(line)?.groups
    if (from === undefined) continue
    const named = replaceVariables(from.image ?? '', values)
    last = named === undefined ? undefined : (stages.get(named.toLowerCase()) ?? named)
    if (from.stage !== undefined && last !== undefined) stages.set(from.stage.toLowerCase(), last)
    if (last === undefined) return undefined
  }
  return last === 'scratch' ? undefined : last
}

/** One line each: comments go, and lines that end with a backslash are joined with the next. */
function instructions(text: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*#/.test(line))
  return lines
    .join('\n')
    .replaceAll(/\\[ \t]*\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
}

function replaceVariables(name: string, values: ReadonlyMap<string, string>): string | undefined {
  let isKnown = true
  const replaced = unquoted(name).replaceAll(VARIABLE, (_, braced, otherwise, bare) => {
    const value = values.get(braced ?? bare) ?? otherwise
    isKnown &&= value !== undefined
    return value ?? ''
  })
  return isKnown && replaced !== '' ? replaced : undefined
}

function unquoted(word: string): string {
  return /^(["'])(?<inner>.*)\1$/.exec(word)?.groups?.inner ?? word
}
