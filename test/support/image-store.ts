/** What lies in a helper's stores of images, seen from outside. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runChecked } from './run.ts'

export interface StoreContent {
  readonly blobs: readonly string[]
  readonly layers: readonly string[]
  /** Everything that is not as it should be: unfinished things and blobs whose bytes do not match their name. */
  readonly faults: readonly string[]
}

/** Reads all blobs, so not for big stores in a loop. */
export function readStore(dataRoot: string): StoreContent {
  const content = join(dataRoot, 'content')
  const blobs = list(join(content, 'blobs/sha256'))
  const layers = list(join(dataRoot, 'layers'))
  return {
    blobs,
    layers,
    faults: [
      ...list(join(content, 'ingest')).map((name) => `unfinished blob ${name}`),
      ...blobs.filter((name) => !matches(join(content, 'blobs/sha256', name), name)).map((name) => `blob ${name} has other bytes`),
      ...layers.filter((name) => !existsSync(join(dataRoot, 'layers', name, 'facts.json'))).map((name) => `unfinished layer ${name}`),
    ],
  }
}

/** Bytes on the disk below the data root. */
export async function diskUsage(dataRoot: string): Promise<number> {
  return Number((await runChecked('du', ['-s', '-B1', dataRoot])).split('\t')[0])
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

function matches(path: string, name: string): boolean {
  return createHash('sha256').update(readFileSync(path)).digest('hex') === name
}
