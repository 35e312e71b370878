import { z } from 'zod'
import { PockerError } from '../api/errors.ts'
import type { Platform } from './backend.ts'

const schema = z.object({ os: z.string().min(1), architecture: z.string().min(1), variant: z.string().optional() })

const SYSTEMS: ReadonlySet<string> = new Set([
  'aix',
  'android',
  'darwin',
  'dragonfly',
  'freebsd',
  'illumos',
  'js',
  'linux',
  'netbsd',
  'openbsd',
  'plan9',
  'solaris',
  'wasip1',
  'windows',
])

const ARCHITECTURES: ReadonlySet<string> = new Set([
  '386',
  'amd64',
  'arm',
  'arm64',
  'loong64',
  'mips',
  'mips64',
  'mips64le',
  'mipsle',
  'ppc64',
  'ppc64le',
  'riscv64',
  's390x',
  'wasm',
])

/** Other words for architectures, as people and `uname` write them. */
const SYNONYMS: ReadonlyMap<string, readonly [architecture: string, variant?: string]> = new Map([
  ['i386', ['386']],
  ['x86_64', ['amd64']],
  ['x86-64', ['amd64']],
  ['aarch64', ['arm64']],
  ['armhf', ['arm', 'v7']],
  ['armel', ['arm', 'v6']],
])

/**
 * A platform as clients write it: `linux/arm64/v8`, one of its halves, or the JSON of the OCI's descriptor. What is left out is the host's.
 * Errors: InvalidParameter `bad-platform`. [containerd: platforms.Parse; moby: httputils.DecodePlatform]
 */
export function parsePlatform(text: string): Platform {
  if (text.trimStart().startsWith('{')) return fromJson(text)
  const parts = text.split('/').map((part) => part.toLowerCase())
  if (parts.length > 3 || !parts.every((part) => /^[a-z0-9_.-]{1,64}$/.test(part))) throw bad(text, 'it must be os[/arch[/variant]]')
  const [first = '', second, third] = parts
  if (second !== undefined) return complete(system(first), second, third)
  if (SYSTEMS.has(system(first))) return complete(system(first), hostArchitecture(), undefined)
  if (ARCHITECTURES.has(first) || SYNONYMS.has(first)) return complete('linux', first, undefined)
  throw bad(text, 'unknown operating system or architecture')
}

function fromJson(text: string): Platform {
  const { data } = schema.safeParse(parse(text))
  if (data === undefined) throw bad(text, 'its JSON must have "os" and "architecture"')
  return complete(system(data.os.toLowerCase()), data.architecture.toLowerCase(), data.variant?.toLowerCase())
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw bad(text, 'it is not JSON', cause)
  }
}

function complete(os: string, written: string, asked: string | undefined): Platform {
  const [architecture, implied] = SYNONYMS.get(written) ?? [written]
  const variant = asked === undefined || asked === '' ? (implied ?? (architecture === 'arm' ? 'v7' : undefined)) : asked
  if (variant === undefined || (architecture === 'amd64' && variant === 'v1')) return { os, architecture }
  return { os, architecture, variant: /^\d/.test(variant) ? `v${variant}` : variant }
}

function system(word: string): string {
  return word === 'macos' ? 'darwin' : word
}

function hostArchitecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch
}

function bad(text: string, reason: string, cause?: unknown): PockerError {
  return new PockerError('InvalidParameter', `read platform ${JSON.stringify(text.slice(0, 100))}: ${reason}`, {
    code: 'bad-platform',
    hint: 'write it as linux/amd64 or linux/arm64/v8',
    cause,
  })
}
