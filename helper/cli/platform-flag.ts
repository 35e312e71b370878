import type { Flags } from './flags.ts'
import { parsePlatform, platformText } from './grammar/platform.ts'
import type { Io } from './io.ts'

/** `--platform`, or what DOCKER_DEFAULT_PLATFORM says, as the API takes it; undefined for the engine's own. Errors: `invalid-flag-value`, `invalid-platform`. */
export function platformFlag(flags: Flags, env: Io['env']): string | undefined {
  if (flags.text('platform')) return flags.parsed('platform', (text) => platformText(parsePlatform(text)))
  return env.DOCKER_DEFAULT_PLATFORM ? platformText(parsePlatform(env.DOCKER_DEFAULT_PLATFORM)) : undefined
}

/** `--platform` as JSON, for the parts of the API that came later. Errors: `invalid-flag-value`. */
export function platformFlagJson(flags: Flags): string | undefined {
  return flags.text('platform') ? flags.parsed('platform', (text) => JSON.stringify(parsePlatform(text))) : undefined
}
