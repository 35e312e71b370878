/** A resolved profile by system call number: which ranges of numbers get the same answer. */
import { architectures, type CallArchitecture, syscallNumbers } from './architectures.ts'
import { intArguments } from './int-arguments.ts'
import { doors } from './multiplexed.ts'
import type { ArgumentRule } from './profile.ts'
import { letsThrough, RETURN_ENOSYS, type ResolvedProfile, type ResolvedRule } from './resolve.ts'

/** A filter's return value, or the checks that lead to one. */
export type Decision = number | ArgumentChecks

/** The first rule whose conditions all hold gives the answer. */
export interface ArgumentChecks {
  readonly rules: readonly { readonly action: number; readonly conditions: readonly Condition[] }[]
  readonly otherwise: number
}

export interface Condition extends ArgumentRule {
  /** Of the argument, that count: the high half of a 32-bit one is zero, or as good as. */
  readonly bits: 32 | 64
}

/** All numbers from this one up to the next run. */
export interface Run {
  readonly from: number
  readonly decision: Decision
}

// Set in the numbers of x32, which otherwise share x86-64's audit architecture.
const X32_BIT = 0x40000000
// Where arm's private calls (cacheflush, set_tls) begin, far behind the others.
const ARM_PRIVATE = 0xf0000

/**
 * The answers of `architecture`, in ascending order from number 0.
 *
 * Calls newer than any that the profile names get ENOSYS, for libc tries an older call only then (runc does the same), unless the
 * profile's default lets calls through. x32 is ENOSYS always: most kernels do not have it and say just that, no image needs it, and
 * its tree would make the filter half as long again.
 */
export function decideByNumber(profile: ResolvedProfile, architecture: CallArchitecture): readonly Run[] {
  const decisions = decideByName(profile, architecture)
  const byNumber = new Map<number, Decision>()
  for (const [name, number] of syscallNumbers(architecture)) {
    const decision = decisions.get(name)
    if (decision !== undefined && !byNumber.has(number)) byNumber.set(number, decision)
  }
  const newest = newestNamed(profile, architecture)
  const runs: Run[] = []
  const add = (from: number, decision: Decision): void => {
    if (runs.at(-1)?.decision !== decision) runs.push({ from, decision })
  }
  const fill = (from: number, to: number): void => {
    if (from >= to) return
    if (from <= newest) add(from, profile.defaultAction)
    if (to > newest + 1) add(Math.max(from, newest + 1), RETURN_ENOSYS)
  }
  let next = 0
  for (const [number, decision] of [...byNumber].sort(([a], [b]) => a - b)) {
    fill(next, number)
    add(number, decision)
    next = number + 1
  }
  fill(next, X32_BIT)
  if (architecture === 'amd64') add(X32_BIT, RETURN_ENOSYS)
  return runs
}

/** Infinite when every number not named gets the default. */
function newestNamed(profile: ResolvedProfile, architecture: CallArchitecture): number {
  if (letsThrough(profile.defaultAction)) return Number.POSITIVE_INFINITY
  const numbers = syscallNumbers(architecture)
  let newest = -1
  for (const { names } of profile.rules) {
    for (const name of names) {
      const number = numbers.get(name) ?? -1
      if (number < ARM_PRIVATE) newest = Math.max(newest, number)
    }
  }
  return newest < 0 ? Number.POSITIVE_INFINITY : newest
}

/**
 * As libseccomp decides between several rules of one call: one without conditions stands above all with conditions, and the first such
 * above others. Rules that give what the default gives are left out beforehand, as in runc. Among conditional ones, the profile's order.
 */
function decideByName(profile: ResolvedProfile, architecture: CallArchitecture): ReadonlyMap<string, Decision> {
  const unconditional = new Map<string, number>()
  const conditional = new Map<string, ResolvedRule[]>()
  for (const rule of profile.rules) {
    if (rule.action === profile.defaultAction) continue
    for (const name of rule.names) {
      if (rule.conditions.length > 0) append(conditional, name, rule)
      else if (!unconditional.has(name)) unconditional.set(name, rule.action)
    }
  }
  if (architecture === 'x86') addDoors(unconditional, conditional)
  const decisions = new Map<string, Decision>(unconditional)
  for (const [name, rules] of conditional) {
    if (!decisions.has(name)) decisions.set(name, checkArguments(name, rules, profile.defaultAction, architecture))
  }
  return decisions
}

function addDoors(unconditional: ReadonlyMap<string, number>, conditional: Map<string, ResolvedRule[]>): void {
  for (const { name, mask, calls } of doors) {
    for (const [call, number] of Object.entries(calls)) {
      const action = unconditional.get(call)
      if (action === undefined) continue
      const condition: ArgumentRule = { index: 0, op: 'SCMP_CMP_MASKED_EQ', value: mask, valueTwo: number }
      append(conditional, name, { names: [name], action, conditions: [condition] })
    }
  }
}

function checkArguments(name: string, rules: readonly ResolvedRule[], otherwise: number, architecture: CallArchitecture): ArgumentChecks {
  const cut = intArguments[name] ?? []
  const bits = (index: number): 32 | 64 => (cut.includes(index) ? 32 : architectures[architecture].bits)
  return {
    otherwise,
    rules: rules.map(({ action, conditions }) => ({
      action,
      conditions: conditions.map((condition) => ({ ...condition, bits: bits(condition.index) })),
    })),
  }
}

function append(map: Map<string, ResolvedRule[]>, name: string, rule: ResolvedRule): void {
  const rules = map.get(name)
  if (rules === undefined) map.set(name, [rule])
  else rules.push(rule)
}
