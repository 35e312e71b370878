import { compileSeccomp } from '../seccomp/compile.ts'
import { defaultSeccompProfile } from '../seccomp/default-profile.ts'
import { parseSeccompProfile, type SeccompProfile } from '../seccomp/profile.ts'
import type { SeccompContext } from '../seccomp/resolve.ts'
import type { SecurityOptions } from './security-options.ts'

// Profiles by their text: compileSeccomp knows a profile again by its object, and a start should neither parse nor compile.
const parsed = new Map<string, SeccompProfile | undefined>()
const CACHE_LIMIT = 16

/**
 * The filter for a container: undefined when it has none. It is shared and not to be written to.
 * Errors: `bad-seccomp-profile`, `seccomp-profile-too-long`.
 */
export function compileFilter(profile: SecurityOptions['seccomp'], context: SeccompContext): Uint8Array | undefined {
  switch (profile.kind) {
    case 'unconfined':
      return undefined
    case 'default':
      return compileSeccomp(defaultSeccompProfile, context)
    case 'profile': {
      const own = parseOnce(profile.json)
      return own === undefined ? undefined : compileSeccomp(own, context)
    }
  }
}

function parseOnce(json: string): SeccompProfile | undefined {
  if (parsed.has(json)) return parsed.get(json)
  const profile = parseSeccompProfile(json)
  if (parsed.size >= CACHE_LIMIT) parsed.clear()
  parsed.set(json, profile)
  return profile
}
