/** Mounts of a test's own. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeTemporaryFolder } from './folders.ts'
import { runChecked } from './run.ts'

export interface TemporaryMount extends AsyncDisposable {
  readonly path: string
}

/** A filesystem in memory of so many bytes. */
export async function mountTmpfs(bytes: number): Promise<TemporaryMount> {
  return await mountOn(() => ['-t', 'tmpfs', '-o', `size=${bytes},mode=700`, 'tmpfs'])
}

/** Layers over each other, uppermost first, as an image's containers see them; read-only. */
export async function mountLayers(layers: readonly string[]): Promise<TemporaryMount> {
  // Overlay wants two at least.
  return await mountOn((empty) => ['-t', 'overlay', '-o', `ro,lowerdir=${[...layers, empty].join(':')}`, 'overlay'])
}

async function mountOn(words: (empty: string) => readonly string[]): Promise<TemporaryMount> {
  const folder = makeTemporaryFolder('mount')
  const [path, empty] = [join(folder.path, 'here'), join(folder.path, 'empty')]
  for (const made of [path, empty]) mkdirSync(made)
  try {
    await runChecked('mount', [...words(empty), path])
  } catch (error) {
    await folder[Symbol.asyncDispose]()
    throw error
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      await runChecked('umount', [path])
      await folder[Symbol.asyncDispose]()
    },
  }
}
