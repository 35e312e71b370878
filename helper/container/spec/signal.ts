import { constants } from 'node:os'
import { invalid } from './refuse.ts'

// As glibc and Docker count them: the kernel's first two real-time signals are the C library's own.
const SIGRTMIN = 34
const SIGRTMAX = 64

const numbers: ReadonlyMap<string, number> = new Map(Object.entries(constants.signals))

/**
 * The number of a signal given as `SIGTERM`, `term`, `15`, `RTMIN+3` or `SIGRTMAX-1`.
 * Errors: `bad-signal`.
 */
export function parseSignal(text: string): number {
  const number = /^[0-9]{1,3}$/.test(text) ? Number(text) : signalNumber(text.toUpperCase())
  if (number === undefined || number < 1 || number > SIGRTMAX) throw invalid('bad-signal', `use signal '${text}': there is no such signal`)
  return number
}

function signalNumber(upper: string): number | undefined {
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`
  const realTime = /^SIGRT(MIN|MAX)(?:([+-])([0-9]{1,2}))?$/.exec(name)
  if (realTime === null) return numbers.get(name)
  const [, end, sign, digits = '0'] = realTime
  const offset = Number(digits)
  // MIN counts up only, MAX down only: what leaves the range is not a real-time signal.
  if (end === 'MIN' ? sign === '-' : sign === '+') return undefined
  const number = end === 'MIN' ? SIGRTMIN + offset : SIGRTMAX - offset
  return number >= SIGRTMIN && number <= SIGRTMAX ? number : undefined
}
