import { invalid } from './invalid.ts'
import { parseInteger } from './number.ts'

export interface Ulimit {
  readonly Name: string
  readonly Soft: number
  readonly Hard: number
}

const NAMES = [
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
] as const

/** `nofile=1024:2048` or `nofile=1024` (hard is then as soft); -1 is no limit. Follows go-units ParseUlimit. Errors: `invalid-ulimit`. */
export function parseUlimit(text: string): Ulimit {
  const equals = text.indexOf('=')
  if (equals < 0) throw invalid('invalid-ulimit', `invalid ulimit argument: ${text}`)
  const name = text.slice(0, equals)
  if (!NAMES.some((known) => known === name)) throw invalid('invalid-ulimit', `invalid ulimit type: ${name}`)
  const [first = '', second, ...rest] = text.slice(equals + 1).split(':')
  if (rest.length > 0)
    throw invalid('invalid-ulimit', `too many limit value arguments - ${text.slice(equals + 1)}, can only have up to two, soft[:hard]`)
  const soft = parseInteger(first)
  const hard = second === undefined ? soft : parseInteger(second)
  if (hard !== -1 && (soft === -1 || soft > hard)) {
    throw invalid('invalid-ulimit', `ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`)
  }
  return { Name: name, Soft: soft, Hard: hard }
}
