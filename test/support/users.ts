/** Ordinary users for tests: numbers that no account has, and a program that they can reach. */
import { chmodSync, copyFileSync, linkSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeTemporaryFolder, type TemporaryFolder } from './folders.ts'

/** Two users without an account. */
export const [ANNA, EVE] = [70_101, 70_102] as const

const dist = join(import.meta.dirname, '../../dist/helper', `linux-${process.arch}`)

export interface ReachableProgram extends AsyncDisposable {
  readonly folder: TemporaryFolder
  readonly pocker: string
  readonly node: string
}

/** A copy of the built program in a folder that every user can read: a checkout may lie where only root comes. */
export function makeReachableProgram(): ReachableProgram {
  const folder = makeTemporaryFolder('program')
  chmodSync(folder.path, 0o755)
  for (const { name } of readdirSync(dist, { withFileTypes: true }).filter((entry) => entry.isFile())) placeCopy(name, folder.path)
  return {
    folder,
    pocker: join(folder.path, 'pocker'),
    node: join(folder.path, 'node'),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

/** A link for what is large, where that can be. */
function placeCopy(name: string, folder: string): void {
  try {
    linkSync(join(dist, name), join(folder, name))
  } catch {
    // Another filesystem.
    copyFileSync(join(dist, name), join(folder, name))
  }
}
