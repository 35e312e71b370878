import { invalid } from './invalid.ts'

/** A platform in Go's words. */
export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
}

const SYSTEMS = ['linux', 'windows', 'darwin', 'freebsd', 'netbsd', 'openbsd', 'solaris', 'android', 'wasip1', 'js']
const PART = /^[A-Za-z0-9_.-]+$/

/** Other names of architectures, with the variant that each implies. */
const ALIASES: ReadonlyMap<string, readonly [string, string?]> = new Map<string, readonly [string, string?]>([
  ['i386', ['386']],
  ['x86_64', ['amd64']],
  ['x86-64', ['amd64']],
  ['aarch64', ['arm64']],
  ['armhf', ['arm', 'v7']],
  ['armel', ['arm', 'v6']],
])

/** `os[/arch[/variant]]`, or an architecture alone. Follows containerd's platforms.Parse. Errors: `invalid-platform`. */
export function parsePlatform(text: string): Platform {
  const parts = text.split('/')
  if (parts.length > 3 || !parts.every((part) => PART.test(part))) {
    throw invalid('invalid-platform', `"${text}": not of the form os[/arch[/variant]]`)
  }
  const [first = '', second, third] = parts
  if (second !== undefined) return platform(system(first), second, third)
  const os = system(first)
  return SYSTEMS.includes(os) ? platform(os, process.arch === 'x64' ? 'amd64' : process.arch) : platform('linux', first)
}

/** `os/arch[/variant]`. */
export function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((part) => part !== undefined).join('/')
}

function system(text: string): string {
  return text.toLowerCase() === 'macos' ? 'darwin' : text.toLowerCase()
}

function platform(os: string, name: string, given?: string): Platform {
  const lower = name.toLowerCase()
  const [architecture, implied] = ALIASES.get(lower) ?? [lower]
  const named = given?.toLowerCase() ?? implied
  // Of these there is no other, or no older one.
  const usual = (architecture === 'arm64' && (named === '8' || named === 'v8')) || (architecture === 'amd64' && named === 'v1')
  const variant = architecture === 'arm' ? armVariant(named) : usual ? undefined : named
  return variant === undefined ? { os, architecture } : { os, architecture, variant }
}

function armVariant(variant: string | undefined): string {
  return variant === undefined ? 'v7' : variant.replace(/^(?=\d)/, 'v')
}
