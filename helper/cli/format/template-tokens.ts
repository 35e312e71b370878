import { templateError } from './template-error.ts'

/** A token of what stands between `{{` and `}}`. `joined` is a token with no space before it: `.A.B` is one chain, `.A .B` is two words. */
export interface Token {
  readonly kind: 'word' | 'field' | 'variable' | 'string' | 'number' | 'sign'
  readonly text: string
  readonly joined: boolean
}

const PATTERNS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ['number', /[+-]?\d+(?:\.\d+)?/y],
  ['variable', /\$[\p{L}\p{N}_]*/uy],
  ['field', /\.[\p{L}_][\p{L}\p{N}_]*/uy],
  ['word', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['sign', /:=|[.|(),=]/y],
]

/** The tokens of one action. Errors: `bad-template`. */
export function tokenize(action: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < action.length) {
    const space = /\s*/y
    space.lastIndex = at
    space.exec(action)
    const joined = space.lastIndex === at && at > 0
    at = space.lastIndex
    if (at >= action.length) break
    const token = match(action, at)
    if (token === undefined) throw templateError(`unexpected "${action.slice(at, at + 1)}" in "{{${action}}}"`)
    tokens.push({ ...token, joined })
    at += token.length
  }
  return tokens
}

function match(action: string, at: number): { kind: Token['kind']; text: string; length: number } | undefined {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at
    const found = pattern.exec(action)?.[0]
    if (found === undefined) continue
    return { kind, text: kind === 'string' ? unquote(found) : found, length: found.length }
  }
  return undefined
}

function unquote(literal: string): string {
  const inner = literal.slice(1, -1)
  if (literal.startsWith('`')) return inner
  return inner.replace(/\\(.)/gs, (_, letter: string) => ({ n: '\n', t: '\t', r: '\r' })[letter] ?? letter)
}
