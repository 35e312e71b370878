/** When-clauses, the conditions of menus and views: `a && b == c || !d`. */

export interface Condition {
  readonly key: string
  /** Empty for a key that is only true or false. */
  readonly operator: string
  readonly value: string
}

/** The conditions of a clause, however they are joined. */
export function conditionsOf(clause: string): Condition[] {
  return splitOutsideLiterals(clause).map((part) => {
    const text = part.replace(/^[\s(!]+/, '').trim()
    const [, key = text, operator = '', rest = ''] = /^([^\s=!<>~()]+)\s*(==|!=|=~|<=|>=|<|>|not in\b|in\b)?\s*(.*)$/s.exec(text) ?? []
    // A regular expression may end with a parenthesis, other values do not.
    const value = operator === '=~' ? rest.trim() : rest.replace(/[\s)]+$/, '')
    return { key, operator, value: value.replace(/^'(.*)'$/, '$1') }
  })
}

/** At `&&` and `||`, but not at those in quotes or in a regular expression. */
function splitOutsideLiterals(clause: string): string[] {
  const parts = ['']
  for (const [token] of clause.matchAll(/'[^']*'|\/(?:[^/\\]|\\.)+\/[a-z]*|&&|\|\||./gs)) {
    if (token === '&&' || token === '||') parts.push('')
    else parts.push(`${parts.pop()}${token}`)
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}
