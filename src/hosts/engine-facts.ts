/** Who answers at a socket, and which version of the API both sides know. */
import { z } from 'zod'
import { EngineError } from '../client/engine-error.ts'
import type { EngineFacts } from './host.ts'

/** Of `GET /version`. */
export const versionSchema = z.object({
  Version: z.string().nullish(),
  ApiVersion: z.string(),
  MinAPIVersion: z.string().nullish(),
  Platform: z.object({ Name: z.string().nullish() }).nullish(),
  Components: z.array(z.object({ Name: z.string() })).nullish(),
})

const NEWEST: Version = [1, 47]
const OLDEST: Version = [1, 40]

/** The facts of an engine's answer. Errors: EngineError `engine-too-old`, `engine-too-new`. */
export function engineFacts({ Version, ApiVersion, MinAPIVersion, Platform, Components }: z.infer<typeof versionSchema>): EngineFacts {
  const theirs = parseVersion(ApiVersion)
  const least = parseVersion(MinAPIVersion ?? ApiVersion)
  if (compare(theirs, OLDEST) < 0) throw new EngineError('engine-too-old', `it speaks version ${ApiVersion} of Docker's API`)
  if (compare(least, NEWEST) > 0)
    throw new EngineError('engine-too-new', `it speaks nothing older than version ${MinAPIVersion} of Docker's API`)
  const isPocker = Platform?.Name === 'Pocker'
  const isPodman = Components?.some(({ Name }) => Name.startsWith('Podman')) === true
  return {
    name: isPocker ? 'Pocker' : isPodman ? 'Podman' : 'Docker',
    version: Version ?? '',
    apiVersion: (compare(theirs, NEWEST) < 0 ? theirs : NEWEST).join('.'),
    isPocker,
  }
}

type Version = readonly [major: number, minor: number]

function parseVersion(text: string): Version {
  const [, major, minor] = /^(\d{1,3})\.(\d{1,3})$/.exec(text) ?? []
  if (major === undefined || minor === undefined)
    throw new EngineError('bad-answer', `"${text.slice(0, 40)}" is no version of Docker's API`)
  return [Number(major), Number(minor)]
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1]
}
