/**
 * Test files that share a process. Most of the time of a small test file is the start of its process and the loading of what others load as well:
 * in batches the fast tier takes half of it. Each file is a suite of its own, with its own hooks, timeout and failures.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Enough that a batch costs little, few enough that they can be spread over processors. */
const FILES_PER_BATCH = 20

export interface BatchOptions {
  /** Files are named from here. */
  readonly root: string
  /** Milliseconds for one file. */
  readonly timeout: number
  /** Where the batches are written; what was there goes. */
  readonly folder: string
}

/** Paths of the files to run in their place: modules that each run some of them. */
export function writeBatches(files: readonly string[], { root, timeout, folder }: BatchOptions): string[] {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const alone = files.filter((file) => hasSnapshot(join(root, file)))
  const together = files.filter((file) => !alone.includes(file))
  const count = Math.ceil(together.length / FILES_PER_BATCH)
  const batches = Array.from({ length: count }, (_, index) => {
    const path = join(folder, `batch-${index}.mjs`)
    // Neighbours are of a kind: one here and one there, or one batch would have all that are slow.
    const mine = together.filter((_file, position) => position % count === index)
    writeFileSync(path, `import { suite } from 'node:test'\n${mine.map((file) => suiteOf(file, { root, timeout })).join('')}`)
    return path
  })
  return [...batches, ...alone.map((file) => join(root, file))]
}

/** Node looks for snapshots beside the module that its process has begun with. */
function hasSnapshot(path: string): boolean {
  return existsSync(`${path}.snapshot`)
}

function suiteOf(file: string, { root, timeout }: { root: string; timeout: number }): string {
  const url = pathToFileURL(join(root, file)).href
  return `suite(${JSON.stringify(file)}, { timeout: ${timeout} }, async () => { await import(${JSON.stringify(url)}) })\n`
}
