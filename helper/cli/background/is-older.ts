import type { HelperFacts } from '../../api/helper.ts'

/**
 * Whether the helper that runs is to make room for the one that `program` would start: when its version is lower, or the same and yet of
 * another folder, which a program made anew has. A newer one stays, whoever has started it.
 */
export function isOlder(running: Pick<HelperFacts, 'version' | 'program'>, own: Pick<HelperFacts, 'version' | 'program'>): boolean {
  const order = compareVersions(running.version, own.version)
  return order < 0 || (order === 0 && running.program !== own.program)
}

/** By the numbers; a version with something after a hyphen comes before the one without. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [parse(left), parse(right)]
  for (const [index, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[index] ?? 0)
    if (difference !== 0) return Math.sign(difference)
  }
  if (a.stage === b.stage) return 0
  if (a.stage === '') return 1
  if (b.stage === '') return -1
  return a.stage < b.stage ? -1 : 1
}

function parse(version: string): { numbers: number[]; stage: string } {
  const [, major = '0', minor = '0', patch = '0', stage = ''] = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([\w.-]+))?/.exec(version) ?? []
  return { numbers: [major, minor, patch].map(Number), stage }
}
