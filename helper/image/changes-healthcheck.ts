import type { Healthcheck } from '../api/health.ts'
import { type Instruction, readExecForm } from './changes-lines.ts'
import { badChange } from './changes-words.ts'

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }
const MILLISECOND = 1e6

/** `HEALTHCHECK NONE`, or `HEALTHCHECK [--interval=…] … CMD …`. Errors: `bad-change`. */
export function readHealthcheck({ flags, rest, text }: Instruction): Healthcheck {
  const [, word = '', behind = ''] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? []
  const type = word.toUpperCase()
  if (type === 'NONE') {
    if (behind !== '' || flags.size > 0) throw badChange('NONE takes nothing besides', text)
    return { Test: ['NONE'] }
  }
  if (type !== 'CMD') throw badChange(`HEALTHCHECK ${word} is neither CMD nor NONE`, text)
  if (behind === '') throw badChange('CMD needs a command', text)
  const list = readExecForm(behind, text)
  const options: Record<string, number> = {}
  for (const [name, value] of flags) {
    const member = MEMBERS.get(name)
    if (member === undefined) throw badChange(`HEALTHCHECK has no --${name}`, text)
    options[member] = name === 'retries' ? readCount(value, text) : readDuration(value, text)
  }
  return { Test: list === undefined ? ['CMD-SHELL', behind] : ['CMD', ...list], ...options }
}

const MEMBERS: ReadonlyMap<string, keyof Healthcheck> = new Map([
  ['interval', 'Interval'],
  ['timeout', 'Timeout'],
  ['start-period', 'StartPeriod'],
  ['start-interval', 'StartInterval'],
  ['retries', 'Retries'],
])

function readCount(value: string, text: string): number {
  if (/^[0-9]{1,9}$/.test(value)) return Number(value)
  throw badChange(`'${value.slice(0, 100)}' is no number of retries`, text)
}

/** Nanoseconds of Go's notation: `1m30s`. Zero is Docker's default; below a millisecond dockerd refuses. */
function readDuration(value: string, text: string): number {
  const bad = () => badChange(`'${value.slice(0, 100)}' is no duration of at least 1ms`, text)
  if (value === '0') return 0
  if (!/^\+?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(value)) throw bad()
  let total = 0
  for (const [, amount, unit = ''] of value.matchAll(/([\d.]+)([a-zµμ]+)/g)) total += Number(amount) * (UNITS[unit] ?? 0)
  const nanoseconds = Math.round(total)
  if (!Number.isSafeInteger(nanoseconds) || (nanoseconds > 0 && nanoseconds < MILLISECOND)) throw bad()
  return nanoseconds
}
