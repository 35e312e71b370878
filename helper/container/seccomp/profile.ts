/** Docker's seccomp profiles: what `--security-opt seccomp=` brings, as JSON text, and as values. */
import { z } from 'zod'
import { PockerError } from '../../api/errors.ts'

const actions = [
  'SCMP_ACT_ALLOW',
  'SCMP_ACT_ERRNO',
  'SCMP_ACT_KILL',
  'SCMP_ACT_KILL_PROCESS',
  'SCMP_ACT_KILL_THREAD',
  'SCMP_ACT_LOG',
  'SCMP_ACT_TRACE',
  'SCMP_ACT_TRAP',
] as const
const operators = ['SCMP_CMP_EQ', 'SCMP_CMP_NE', 'SCMP_CMP_LT', 'SCMP_CMP_LE', 'SCMP_CMP_GT', 'SCMP_CMP_GE', 'SCMP_CMP_MASKED_EQ'] as const

export type SeccompAction = (typeof actions)[number]
export type SeccompOperator = (typeof operators)[number]

export interface KernelVersion {
  readonly major: number
  readonly minor: number
}

/** A profile as Docker writes it; `resolveProfile` says what each field does. */
export interface SeccompProfile {
  readonly defaultAction: SeccompAction
  readonly defaultErrnoRet?: number | undefined
  /** Names such as `SCMP_ARCH_X86`. Not together with `archMap`. */
  readonly architectures?: readonly string[] | undefined
  readonly archMap?: readonly ArchitectureFamily[] | undefined
  readonly syscalls: readonly SyscallRule[]
}

export interface ArchitectureFamily {
  readonly architecture: string
  readonly subArchitectures: readonly string[]
}

export interface SyscallRule {
  readonly names: readonly string[]
  readonly action: SeccompAction
  readonly errnoRet?: number | undefined
  readonly args?: readonly ArgumentRule[] | undefined
  readonly includes?: RuleFilter | undefined
  readonly excludes?: RuleFilter | undefined
}

export interface ArgumentRule {
  /** 0 to 5. */
  readonly index: number
  /** With `SCMP_CMP_MASKED_EQ` the mask. */
  readonly value: bigint
  /** What `SCMP_CMP_MASKED_EQ` wants to find under the mask; else without meaning. */
  readonly valueTwo?: bigint | undefined
  readonly op: SeccompOperator
}

export interface RuleFilter {
  readonly caps?: readonly string[] | undefined
  /** Go's names: `amd64`, `arm64`. */
  readonly arches?: readonly string[] | undefined
  readonly minKernel?: KernelVersion | undefined
}

// Go writes an absent list as null as well as not at all.
function optional<T extends z.ZodType>(type: T) {
  return type.nullish().transform((value) => value ?? undefined)
}

const names = z.array(z.string())
// The kernel keeps 16 bits of it and caps what it returns at 4095.
const errno = z.int().min(0).max(0xffff)
const uint64 = z.union([z.int().min(0), z.bigint().min(0n).max(0xffffffffffffffffn)]).transform((value) => BigInt(value))
const filter = z.object({
  caps: optional(names),
  arches: optional(names),
  minKernel: optional(
    z
      .string()
      .regex(/^\d{1,5}\.\d{1,5}$/, 'not of the form <major>.<minor>')
      .transform((version) => {
        const [major = 0, minor = 0] = version.split('.').map(Number)
        return { major, minor }
      }),
  ),
})
const rule = z
  .object({
    name: optional(z.string()),
    names: optional(names),
    action: z.enum(actions),
    errnoRet: optional(errno),
    args: optional(z.array(z.object({ index: z.int().min(0).max(5), value: uint64, valueTwo: optional(uint64), op: z.enum(operators) }))),
    includes: optional(filter),
    excludes: optional(filter),
  })
  .refine(({ name, names }) => !name || !names?.length, "'name' and 'names' are both given")
  // `name` is how profiles were written before Docker 1.13.
  .transform(({ name, names, ...rest }) => ({ ...rest, names: name ? [name] : (names ?? []) }))
const profile = z
  .object({
    defaultAction: z.enum(actions),
    defaultErrnoRet: optional(errno),
    architectures: optional(names),
    archMap: optional(z.array(z.object({ architecture: z.string(), subArchitectures: names.nullish().transform((list) => list ?? []) }))),
    syscalls: z
      .array(rule)
      .nullish()
      .transform((rules) => rules ?? []),
  })
  .refine(({ architectures, archMap }) => !architectures?.length || !archMap?.length, "'architectures' and 'archMap' are both given")

// moby takes a profile that says nothing as the wish for no filter.
const empty = z.object({ defaultAction: z.literal('').nullish(), syscalls: z.array(z.unknown()).length(0).nullish() })

/**
 * Reads a profile's JSON text; undefined is the profile that says nothing, which in Docker is no filter at all.
 * Errors: InvalidParameter `bad-seccomp-profile`.
 */
export function parseSeccompProfile(text: string): SeccompProfile | undefined {
  const json = parseJson(text)
  if (empty.safeParse(json).success) return undefined
  const result = profile.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw bad(issue === undefined ? 'it is not a profile' : `${issue.path.join('.')}: ${issue.message}`, result.error)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, keepPrecision)
  } catch (cause) {
    throw bad('it is not JSON', cause)
  }
}

/** Argument values are 64 bits wide, more than a number of JavaScript holds. */
function keepPrecision(_key: string, value: unknown, ...[context]: readonly { readonly source?: string }[]): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source ?? ''
  return /^\d{1,20}$/.test(source) ? BigInt(source) : value
}

function bad(reason: string, cause: unknown): PockerError {
  const shown = reason.length > 200 ? `${reason.slice(0, 200)}…` : reason
  return new PockerError('InvalidParameter', `read seccomp profile: ${shown}`, { code: 'bad-seccomp-profile', cause })
}
