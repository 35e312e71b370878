import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Architecture, architectures, thisArchitecture } from './native-files.ts'

const root = join(import.meta.dirname, '..')

/** A package's platform as the gallery calls it; `universal` is given to those that have no package of their own. */
export type Target = `linux-${Architecture}` | 'universal'

/** All that `npm run package` makes. */
export const targets: readonly Target[] = [...architectures.map((architecture) => `linux-${architecture}` as const), 'universal']

/** The one for the machine this runs on. */
export function thisTarget(): Target {
  return `linux-${thisArchitecture()}`
}

/** Where a target's package is written to. */
export function packagePath(target: Target): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return join(root, 'dist', `pocker-${version}${target === 'universal' ? '' : `-${target}`}.vsix`)
}
