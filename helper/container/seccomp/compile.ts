/** A seccomp profile as the kernel takes it: a classic BPF program. */
import { PockerError } from '../../api/errors.ts'
import { architectures, type CallArchitecture } from './architectures.ts'
import { Assembler, FilterTooLong, JEQ, JGE, JGT, type Place } from './assembler.ts'
import { type ArgumentChecks, type Condition, type Decision, decideByNumber, type Run } from './decisions.ts'
import type { SeccompProfile } from './profile.ts'
import { type ResolvedProfile, resolveProfile, SECCOMP_RET_KILL_PROCESS, type SeccompContext } from './resolve.ts'

// struct seccomp_data; arguments are 64 bits, the low half first.
const NUMBER = 0
const ARCHITECTURE = 4
const ARGUMENTS = 16

const UINT32 = 0xffffffffn
const UINT64 = 0xffffffffffffffffn
// From here on, 64 bits are a negative int.
const NEGATIVE_INTS = 0xffffffff80000000n

const MAX_CACHED = 64
const cache = new WeakMap<SeccompProfile, Map<string, Uint8Array>>()

/**
 * Compiles a profile to an array of struct sock_filter (8 bytes each) for seccomp(SECCOMP_SET_MODE_FILTER). The same profile object,
 * capabilities and architecture give the same array again, which is not to be written to.
 * Errors: InvalidParameter `seccomp-profile-too-long`.
 *
 * The architecture first, then a balanced tree over runs of numbers with equal answers: about eleven steps, where libseccomp's list takes
 * some hundreds. The kernel emulates the filter for every number when it is attached (since 5.11), to let allowed calls by without
 * running it; so a short way is time saved at each start, and there may be nothing on that way but what the emulator knows:
 * loads of number and architecture, jumps, AND, return.
 */
export function compileSeccomp(profile: SeccompProfile, context: SeccompContext): Uint8Array {
  const { architecture, kernel } = context
  const key = `${architecture} ${kernel.major}.${kernel.minor} ${context.capabilities.toSorted((a, b) => a - b).join()}`
  const compiled = cache.get(profile) ?? new Map<string, Uint8Array>()
  const known = compiled.get(key)
  if (known !== undefined) return known
  const bytes = compile(resolveProfile(profile, context))
  if (compiled.size >= MAX_CACHED) compiled.clear() // a client that tries all sets of capabilities
  compiled.set(key, bytes)
  cache.set(profile, compiled)
  return bytes
}

function compile(profile: ResolvedProfile): Uint8Array {
  const assembler = new Assembler()
  try {
    const sections = profile.architectures.map((architecture) => ({ architecture, runs: decideByNumber(profile, architecture) }))
    const places = sections.toReversed().map(({ architecture, runs }) => ({
      architecture,
      place: assembler.load(NUMBER, placeTree(assembler, runs)),
    }))
    placeDispatch(assembler, places)
  } catch (error) {
    if (!(error instanceof FilterTooLong)) throw error
    throw new PockerError('InvalidParameter', 'compile seccomp profile: it is longer than the 4096 instructions that the kernel takes', {
      code: 'seccomp-profile-too-long',
      cause: error,
    })
  }
  return assembler.bytes()
}

/** Each architecture has numbers of its own: without this check `openat` of one is `ptrace` of another. */
function placeDispatch(assembler: Assembler, sections: readonly { architecture: CallArchitecture; place: Place }[]): void {
  let next = assembler.return(SECCOMP_RET_KILL_PROCESS)
  for (const { architecture, place } of sections) next = assembler.branch(JEQ, architectures[architecture].audit, place, next)
  assembler.load(ARCHITECTURE, next)
}

function placeTree(assembler: Assembler, runs: readonly Run[]): Place {
  const [first] = runs
  if (first === undefined) throw new RangeError('a tree without runs')
  if (runs.length === 1) return placeDecision(assembler, first.decision)
  const middle = runs.length >> 1
  const right = placeTree(assembler, runs.slice(middle))
  const left = placeTree(assembler, runs.slice(0, middle))
  return assembler.branch(JGE, runs[middle]?.from ?? 0, right, left)
}

function placeDecision(assembler: Assembler, decision: Decision): Place {
  return typeof decision === 'number' ? assembler.return(decision) : placeChecks(assembler, decision)
}

function placeChecks(assembler: Assembler, { rules, otherwise }: ArgumentChecks): Place {
  let miss = assembler.return(otherwise)
  for (const { action, conditions } of rules.toReversed()) {
    let match = assembler.return(action)
    for (const condition of conditions.toReversed()) match = placeCondition(assembler, condition, match, miss)
    miss = match
  }
  return miss
}

function placeCondition(assembler: Assembler, condition: Condition, match: Place, miss: Place): Place {
  const { op } = condition
  const value = widen(condition.value, condition)
  switch (op) {
    case 'SCMP_CMP_EQ':
      return placeEqual(assembler, condition, { mask: UINT64, wanted: value }, match, miss)
    case 'SCMP_CMP_NE':
      return placeEqual(assembler, condition, { mask: UINT64, wanted: value }, miss, match)
    case 'SCMP_CMP_MASKED_EQ':
      return placeEqual(assembler, condition, { mask: value, wanted: widen(condition.valueTwo ?? 0n, condition) }, match, miss)
    case 'SCMP_CMP_GT':
      return placeGreater(assembler, condition, { code: JGT, value }, match, miss)
    case 'SCMP_CMP_LE':
      return placeGreater(assembler, condition, { code: JGT, value }, miss, match)
    case 'SCMP_CMP_GE':
      return placeGreater(assembler, condition, { code: JGE, value }, match, miss)
    case 'SCMP_CMP_LT':
      return placeGreater(assembler, condition, { code: JGE, value }, miss, match)
  }
}

/** Profiles write -1 of an int argument as 0xffffffff or with all 64 bits. */
function widen(value: bigint, { bits }: Condition): bigint {
  return bits === 32 && value >= NEGATIVE_INTS ? value & UINT32 : value
}

function placeEqual(
  assembler: Assembler,
  { index, bits }: Condition,
  { mask, wanted }: { readonly mask: bigint; readonly wanted: bigint },
  match: Place,
  miss: Place,
): Place {
  if ((wanted & ~mask) !== 0n || (bits === 32 && wanted > UINT32)) return miss
  const low = placeHalf(assembler, ARGUMENTS + 8 * index, Number(mask & UINT32), Number(wanted & UINT32), match, miss)
  if (bits === 32) return low
  return placeHalf(assembler, ARGUMENTS + 8 * index + 4, Number(mask >> 32n), Number(wanted >> 32n), low, miss)
}

function placeHalf(assembler: Assembler, offset: number, mask: number, wanted: number, match: Place, miss: Place): Place {
  if (mask === 0) return match
  const compare = assembler.branch(JEQ, wanted, match, miss)
  return assembler.load(offset, mask === 0xffffffff ? compare : assembler.and(mask, compare))
}

/** The high half decides, unless it is equal. */
function placeGreater(
  assembler: Assembler,
  { index, bits }: Condition,
  { code, value }: { readonly code: typeof JGT | typeof JGE; readonly value: bigint },
  match: Place,
  miss: Place,
): Place {
  if (bits === 32 && value > UINT32) return miss
  const compareLow = assembler.branch(code, Number(value & UINT32), match, miss)
  const low = assembler.load(ARGUMENTS + 8 * index, compareLow)
  if (bits === 32) return low
  const high = Number(value >> 32n)
  const equal = assembler.branch(JEQ, high, low, miss)
  return assembler.load(ARGUMENTS + 8 * index + 4, assembler.branch(JGT, high, match, equal))
}
