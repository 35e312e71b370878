/**
 * What a seccomp profile means, said as plainly as possible and call by call: the oracle for the compiler, which shares only tables
 * of facts with it (numbers of calls, which arguments are ints, what socketcall stands for).
 */
import { capabilityName } from '../../../helper/container/capabilities.ts'
import { type CallArchitecture, syscallNumbers } from '../../../helper/container/seccomp/architectures.ts'
import { intArguments } from '../../../helper/container/seccomp/int-arguments.ts'
import { doors } from '../../../helper/container/seccomp/multiplexed.ts'
import type { ArgumentRule, SeccompAction, SeccompProfile, SyscallRule } from '../../../helper/container/seccomp/profile.ts'
import type { SeccompContext } from '../../../helper/container/seccomp/resolve.ts'

export interface Call {
  /** `other`: any that the host does not run. */
  readonly architecture: CallArchitecture | 'other'
  readonly number: number
  readonly args: readonly bigint[]
}

const ENOSYS = 0x50026
const KILL_PROCESS = 0x80000000

const values: Readonly<Record<SeccompAction, number>> = {
  SCMP_ACT_ALLOW: 0x7fff0000,
  SCMP_ACT_ERRNO: 0x50000,
  SCMP_ACT_KILL: 0,
  SCMP_ACT_KILL_PROCESS: KILL_PROCESS,
  SCMP_ACT_KILL_THREAD: 0,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_TRACE: 0x7ff00000,
  SCMP_ACT_TRAP: 0x30000,
}
const profileNames: Readonly<Record<CallArchitecture, string>> = {
  amd64: 'SCMP_ARCH_X86_64',
  x86: 'SCMP_ARCH_X86',
  arm64: 'SCMP_ARCH_AARCH64',
  arm: 'SCMP_ARCH_ARM',
}

/** Answers calls as the profile wants them answered. */
export function interpreter(profile: SeccompProfile, context: SeccompContext): (call: Call) => number {
  const native = context.architecture === 'x64' ? 'amd64' : 'arm64'
  const rules = profile.syscalls.filter((rule) => isFor(rule, context, native))
  const byDefault = returnValue(profile.defaultAction, profile.defaultErrnoRet)

  return (call) => {
    const { architecture, number } = call
    if (architecture === 'other' || !runs(profile, native, architecture)) return KILL_PROCESS
    if (architecture === 'amd64' && number >= 0x40000000) return ENOSYS
    const numbers = syscallNumbers(architecture)
    const names = [...numbers.keys()].filter((name) => numbers.get(name) === number)
    for (const name of names) {
      const answer = answerByName(rules, byDefault, name, call)
      if (answer !== undefined) return answer
    }
    const named = rules.flatMap((rule) => rule.names.map((name) => numbers.get(name) ?? -1)).filter((at) => at >= 0 && at < 0xf0000)
    const open = ['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG', 'SCMP_ACT_TRACE'].includes(profile.defaultAction)
    const isNewer = named.length > 0 && number > Math.max(...named)
    return isNewer && !open ? ENOSYS : byDefault
  }
}

/** Undefined when no rule is about that name. */
function answerByName(rules: readonly SyscallRule[], byDefault: number, name: string, call: Call): number | undefined {
  const telling = rules.filter((rule) => returnValue(rule.action, rule.errnoRet) !== byDefault)
  const about = (wanted: string) => telling.filter((rule) => rule.names.includes(wanted))
  const isFlat = (rule: SyscallRule) => (rule.args ?? []).length === 0
  const flat = about(name).find(isFlat)
  if (flat !== undefined) return returnValue(flat.action, flat.errnoRet)
  const matching = about(name).find((rule) => holds(rule.args ?? [], name, call))
  if (matching !== undefined) return returnValue(matching.action, matching.errnoRet)
  const door = call.architecture === 'x86' ? doors.find((candidate) => candidate.name === name) : undefined
  const behind = Object.keys(door?.calls ?? {}).flatMap((inner) => about(inner).find(isFlat) ?? [])
  const asked = (call.args[0] ?? 0n) & (door?.mask ?? 0n)
  const inner = behind.find((rule) => rule.names.some((one) => door?.calls[one] === asked))
  if (inner !== undefined) return returnValue(inner.action, inner.errnoRet)
  return about(name).length + behind.length > 0 ? byDefault : undefined
}

function holds(args: readonly ArgumentRule[], name: string, call: Call): boolean {
  const repeated = new Set(args.map(({ index }) => index)).size < args.length
  return repeated ? args.some((arg) => compares(arg, name, call)) : args.every((arg) => compares(arg, name, call))
}

function compares({ index, op, value, valueTwo = 0n }: ArgumentRule, name: string, { architecture, args }: Call): boolean {
  const narrow = architecture === 'x86' || architecture === 'arm' || (intArguments[name] ?? []).includes(index)
  const whole = args[index] ?? 0n
  const actual = narrow ? BigInt.asUintN(32, whole) : whole
  // A negative int may be written with 64 bits.
  const read = (wanted: bigint) =>
    narrow && BigInt.asIntN(64, wanted) < 0n && BigInt.asIntN(64, wanted) >= -0x80000000n ? BigInt.asUintN(32, wanted) : wanted
  const wanted = read(value)
  switch (op) {
    case 'SCMP_CMP_EQ':
      return actual === wanted
    case 'SCMP_CMP_NE':
      return actual !== wanted
    case 'SCMP_CMP_LT':
      return actual < wanted
    case 'SCMP_CMP_LE':
      return actual <= wanted
    case 'SCMP_CMP_GT':
      return actual > wanted
    case 'SCMP_CMP_GE':
      return actual >= wanted
    case 'SCMP_CMP_MASKED_EQ':
      return (actual & wanted) === read(valueTwo)
  }
}

function isFor({ includes = {}, excludes = {} }: SyscallRule, context: SeccompContext, native: string): boolean {
  const held = context.capabilities.map(capabilityName)
  const { major, minor } = context.kernel
  const reached = (wanted: { major: number; minor: number }) => 1000 * major + minor >= 1000 * wanted.major + wanted.minor
  if (excludes.caps?.some((name) => held.includes(name))) return false
  if (excludes.arches?.includes(native)) return false
  if (excludes.minKernel !== undefined && reached(excludes.minKernel)) return false
  if (includes.caps?.some((name) => !held.includes(name))) return false
  if (includes.arches !== undefined && includes.arches.length > 0 && !includes.arches.includes(native)) return false
  return includes.minKernel === undefined || reached(includes.minKernel)
}

function runs(profile: SeccompProfile, native: CallArchitecture, asked: CallArchitecture): boolean {
  if (asked === native) return true
  if (native === 'amd64' ? asked !== 'x86' : asked !== 'arm') return false
  const name = profileNames[asked]
  const family = (profile.archMap ?? []).find((entry) => entry.architecture === profileNames[native])
  return [...(profile.architectures ?? []), ...(family?.subArchitectures ?? [])].includes(name)
}

function returnValue(action: SeccompAction, errno = 1): number {
  return values[action] + (action === 'SCMP_ACT_ERRNO' || action === 'SCMP_ACT_TRACE' ? errno : 0)
}
