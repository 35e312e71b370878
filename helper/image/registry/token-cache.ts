/** Tokens until they expire, by what they are for and whose they are. */
import type { Token } from './token.ts'

export interface TokenCache {
  /** The token under that key; several who need it at once share one request. */
  get(key: string, fetch: () => Promise<Token>): Promise<Token>
  /** The registry did not take that token. */
  forget(key: string): void
}

const CAPACITY = 256

/** Empty. `now`: milliseconds since 1970. */
export function makeTokenCache(now: () => number): TokenCache {
  const tokens = new Map<string, { readonly token: Promise<Token>; expires: number }>()

  function fetchAnew(key: string, fetch: () => Promise<Token>): Promise<Token> {
    const oldest = tokens.size >= CAPACITY ? tokens.keys().next().value : undefined
    if (oldest !== undefined) tokens.delete(oldest)
    const entry = { token: fetch(), expires: Number.POSITIVE_INFINITY }
    tokens.set(key, entry)
    entry.token.then(
      (token) => {
        entry.expires = token.expires
      },
      () => {
        // A failure is told to those who wait for it, and not kept.
        if (tokens.get(key) === entry) tokens.delete(key)
      },
    )
    return entry.token
  }

  return {
    get(key, fetch) {
      const known = tokens.get(key)
      return known !== undefined && known.expires > now() ? known.token : fetchAnew(key, fetch)
    },
    forget: (key) => void tokens.delete(key),
  }
}
