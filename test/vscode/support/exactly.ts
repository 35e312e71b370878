/** Matches this text alone, with spaces around it. */
export function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${literally(text)}\\s*$`)
}

/** Matches what begins with this text as a whole word. */
export function startingWith(text: string): RegExp {
  return new RegExp(`^${literally(text)}(?!\\w)`)
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
