/** OpenSSH's patterns, of its configuration and of known_hosts. */

/** Whether a text is what the pattern says, with `*` for any number of characters and `?` for one. */
export function matchesPattern(text: string, pattern: string): boolean {
  // By hand, because a regular expression made of a hostile pattern may take for ever.
  let [at, star, from] = [0, -1, 0]
  let position = 0
  while (position < text.length) {
    if (pattern[at] === '*') {
      star = at++
      from = position
    } else if (pattern[at] === '?' || pattern[at] === text[position]) {
      at++
      position++
    } else if (star >= 0) {
      at = star + 1
      position = ++from
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

/** Whether one of the patterns says so, and none with a `!` before it takes it back. */
export function matchesList(text: string, patterns: readonly string[]): boolean {
  let found = false
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) {
      if (matchesPattern(text, pattern.slice(1))) return false
    } else if (matchesPattern(text, pattern)) found = true
  }
  return found
}
