/** What a server wants to be shown: `WWW-Authenticate`, RFC 9110 section 11.6.1. */

export interface Challenge {
  /** Lower-case: `bearer`, `basic`. */
  readonly scheme: string
  /** By lower-case name; of two with one name the first counts. */
  readonly parameters: ReadonlyMap<string, string>
}

/** Headers are bounded by Node already; a challenge is a few hundred characters. */
const LENGTH_LIMIT = 8192

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
const BLANK = /[ \t]*/y
const BLANKS_AND_COMMAS = /[ \t,]*/y
const QUOTED = /"((?:[^"\\]|\\.)*)"/y
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y

/** The challenges in their order. What cannot be read ends the list: nothing is guessed. */
export function parseChallenges(header: string): readonly Challenge[] {
  const text = header.slice(0, LENGTH_LIMIT)
  const challenges: Challenge[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match !== null) at = pattern.lastIndex
    return match
  }
  let parameters: Map<string, string> | undefined
  for (;;) {
    take(BLANKS_AND_COMMAS)
    const name = take(TOKEN)?.[0].toLowerCase()
    if (name === undefined) return challenges
    const afterName = at
    take(BLANK)
    if (text[at] === '=' && parameters !== undefined) {
      at++
      take(BLANK)
      const value = take(QUOTED)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? take(TOKEN)?.[0]
      if (value === undefined) return challenges
      if (!parameters.has(name)) parameters.set(name, value)
      continue
    }
    // A name without a value begins the next challenge; what follows it directly may be a token68, which nobody here uses.
    if (text[at] === '=') return challenges
    parameters = new Map()
    challenges.push({ scheme: name, parameters })
    if (at > afterName) take(TOKEN68)
  }
}
