/** The instruction sets whose system calls a filter can tell apart, by Go's names. */
import type { Architecture } from '../../linux/interpreter.ts'
import { syscallNames } from './syscall-table.ts'

export type CallArchitecture = keyof typeof syscallNames

interface Facts {
  /** libseccomp's name, used in profiles. */
  readonly profileName: string
  /** AUDIT_ARCH_… of <linux/audit.h>, what the kernel tells the filter. */
  readonly audit: number
  readonly bits: 32 | 64
}

export const architectures: Readonly<Record<CallArchitecture, Facts>> = {
  amd64: { profileName: 'SCMP_ARCH_X86_64', audit: 0xc000003e, bits: 64 },
  x86: { profileName: 'SCMP_ARCH_X86', audit: 0x40000003, bits: 32 },
  arm64: { profileName: 'SCMP_ARCH_AARCH64', audit: 0xc00000b7, bits: 64 },
  arm: { profileName: 'SCMP_ARCH_ARM', audit: 0x40000028, bits: 32 },
}

/** What a host's kernel runs: its own instruction set first, then the 32-bit one. */
export const hosts: Readonly<Record<Architecture, readonly [native: CallArchitecture, compatible: CallArchitecture]>> = {
  x64: ['amd64', 'x86'],
  arm64: ['arm64', 'arm'],
}

const parsed = new Map<CallArchitecture, ReadonlyMap<string, number>>()

/** The numbers of all calls of an architecture by name, ascending. */
export function syscallNumbers(architecture: CallArchitecture): ReadonlyMap<string, number> {
  const known = parsed.get(architecture)
  if (known !== undefined) return known
  const numbers = new Map<string, number>()
  let next = 0
  for (const word of syscallNames[architecture].trim().split(/\s+/)) {
    const number = Number(word)
    if (Number.isNaN(number)) numbers.set(word, next++)
    else next = number
  }
  parsed.set(architecture, numbers)
  return numbers
}
