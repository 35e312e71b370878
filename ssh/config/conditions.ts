/** `Host` and `Match`. */
import { matchesList } from './patterns.ts'
import type { Condition } from './read-config.ts'

export interface Target {
  /** As it was asked for. */
  readonly original: string
  /** As the settings up to here have it. */
  readonly host: string
  readonly user: string
  readonly localUser: string
  readonly tag: string
  readonly isFinal: boolean
}

/**
 * Whether the lines below it count for this host. `Match exec` never does: looking at a list of hosts must not run programs, and neither
 * do conditions that are not known here.
 */
export function isTrue(condition: Condition, target: Target): boolean {
  if (condition.kind === 'host') return matchesList(target.original, condition.patterns)
  const words = condition.words.flatMap((word) => (/^!?\w+=/.test(word) ? splitOnce(word) : [word]))
  for (let at = 0; at < words.length; at++) {
    const [word = '', negated] = [words[at]?.replace(/^!/, '').toLowerCase(), words[at]?.startsWith('!') === true]
    if (word === 'all') continue
    const holds = word === 'final' || word === 'canonical' ? target.isFinal : holdsFor(word, (words[++at] ?? '').split(','), target)
    if (holds === undefined || holds === negated) return false
  }
  return true
}

function holdsFor(word: string, patterns: readonly string[], target: Target): boolean | undefined {
  switch (word) {
    case 'host':
      return matchesList(target.host, patterns)
    case 'originalhost':
      return matchesList(target.original, patterns)
    case 'user':
      return matchesList(target.user, patterns)
    case 'localuser':
      return matchesList(target.localUser, patterns)
    case 'tagged':
      return matchesList(target.tag, patterns)
    default:
      return undefined
  }
}

function splitOnce(word: string): string[] {
  const at = word.indexOf('=')
  return [word.slice(0, at), word.slice(at + 1)]
}
