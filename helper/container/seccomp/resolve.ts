/** What a profile comes to for one container on one host. */
import type { Architecture } from '../../linux/interpreter.ts'
import { capabilityNumber } from '../capabilities.ts'
import { architectures, type CallArchitecture, hosts } from './architectures.ts'
import type { ArgumentRule, KernelVersion, RuleFilter, SeccompAction, SeccompProfile, SyscallRule } from './profile.ts'

export interface SeccompContext {
  /** The container's bounding set, by number. */
  readonly capabilities: readonly number[]
  readonly architecture: Architecture
  /** The running kernel's. */
  readonly kernel: KernelVersion
}

export interface ResolvedProfile {
  /** A filter's return value, as are all actions here. */
  readonly defaultAction: number
  /** The host's own first. Calls of any other architecture kill the process. */
  readonly architectures: readonly CallArchitecture[]
  readonly rules: readonly ResolvedRule[]
}

/** One rule: `action` when all conditions hold. */
export interface ResolvedRule {
  readonly names: readonly string[]
  readonly action: number
  readonly conditions: readonly ArgumentRule[]
}

// <linux/seccomp.h>
export const SECCOMP_RET_KILL_PROCESS = 0x80000000
const SECCOMP_RET_KILL_THREAD = 0
const SECCOMP_RET_TRAP = 0x00030000
const SECCOMP_RET_ERRNO = 0x00050000
const SECCOMP_RET_TRACE = 0x7ff00000
const SECCOMP_RET_LOG = 0x7ffc0000
const SECCOMP_RET_ALLOW = 0x7fff0000

const EPERM = 1
export const RETURN_ENOSYS = SECCOMP_RET_ERRNO | 38

/**
 * Picks the rules that are for this container, as moby's `setupSeccomp` does: `includes` wants all of its capabilities, one of its
 * architectures and at least its kernel; `excludes` is enough with any of its capabilities, architectures or such a kernel.
 * Several conditions of a rule must all hold, except that runc and crun make a rule of each when two of them look at the same argument
 * (libseccomp 2 cannot hold both); profiles were tried with that, so it is the same here.
 */
export function resolveProfile(profile: SeccompProfile, context: SeccompContext): ResolvedProfile {
  const [native, compatible] = hosts[context.architecture]
  const rules: ResolvedRule[] = []
  for (const rule of profile.syscalls) {
    if (!applies(rule, context, native)) continue
    const action = returnValue(rule.action, rule.errnoRet)
    for (const conditions of splitConditions(rule.args ?? [])) rules.push({ names: rule.names, action, conditions })
  }
  return {
    defaultAction: returnValue(profile.defaultAction, profile.defaultErrnoRet),
    architectures: allowsArchitecture(profile, native, compatible) ? [native, compatible] : [native],
    rules,
  }
}

/** True for actions after which the call is made, or another process decides: such a default also goes for calls not known here. */
export function letsThrough(action: number): boolean {
  const kind = action & 0xffff0000
  return kind === SECCOMP_RET_ALLOW || kind === SECCOMP_RET_LOG || kind === SECCOMP_RET_TRACE
}

function applies({ includes, excludes }: SyscallRule, context: SeccompContext, native: CallArchitecture): boolean {
  const held = (name: string): boolean => context.capabilities.includes(capabilityNumber(name) ?? -1)
  if (excludes?.caps?.some(held) || excludes?.arches?.includes(native) || atLeast(context.kernel, excludes)) return false
  if (includes?.caps && !includes.caps.every(held)) return false
  if (includes?.arches?.length && !includes.arches.includes(native)) return false
  return includes?.minKernel === undefined || atLeast(context.kernel, includes)
}

function atLeast(kernel: KernelVersion, filter: RuleFilter | undefined): boolean {
  const wanted = filter?.minKernel
  if (wanted === undefined) return false
  return kernel.major === wanted.major ? kernel.minor >= wanted.minor : kernel.major > wanted.major
}

function splitConditions(conditions: readonly ArgumentRule[]): readonly (readonly ArgumentRule[])[] {
  const indexes = new Set(conditions.map(({ index }) => index))
  return indexes.size === conditions.length ? [conditions] : conditions.map((condition) => [condition])
}

function allowsArchitecture(profile: SeccompProfile, native: CallArchitecture, wanted: CallArchitecture): boolean {
  const name = architectures[wanted].profileName
  if (profile.architectures?.includes(name)) return true
  const family = profile.archMap?.find(({ architecture }) => architecture === architectures[native].profileName)
  return family?.subArchitectures.includes(name) ?? false
}

function returnValue(action: SeccompAction, errno = EPERM): number {
  switch (action) {
    case 'SCMP_ACT_ALLOW':
      return SECCOMP_RET_ALLOW
    case 'SCMP_ACT_ERRNO':
      return SECCOMP_RET_ERRNO | errno
    case 'SCMP_ACT_KILL':
    case 'SCMP_ACT_KILL_THREAD':
      return SECCOMP_RET_KILL_THREAD
    case 'SCMP_ACT_KILL_PROCESS':
      return SECCOMP_RET_KILL_PROCESS
    case 'SCMP_ACT_LOG':
      return SECCOMP_RET_LOG
    case 'SCMP_ACT_TRACE':
      return SECCOMP_RET_TRACE | errno
    case 'SCMP_ACT_TRAP':
      return SECCOMP_RET_TRAP
  }
}
