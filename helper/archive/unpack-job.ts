/** Unpacking a layer, in the archive process. */
import { createHash } from 'node:crypto'
import { chmodSync, closeSync } from 'node:fs'
import { openFolder } from '../linux/beneath.ts'
import { reportProgress } from './answers.ts'
import { cloneFolder, enterMount, isolate, restrict } from './confine.ts'
import { FIRST_EXTRA } from './descriptors.ts'
import { fileSource } from './unpack/byte-source.ts'
import { Budget } from './unpack/limits.ts'
import { readLimits } from './unpack/read-limits.ts'
import { layerRules } from './unpack/rules.ts'
import { TreeWriter } from './unpack/tree-writer.ts'
import { unpackArchive } from './unpack/unpack-archive.ts'

const STDIN = 0

/** What the job results in. */
export interface LayerFacts {
  readonly diffId: string
  readonly digest: string
  readonly size: number
  /** Folders to be marked opaque, as byte strings: that takes a privilege which this process has given up. */
  readonly opaque: readonly string[]
}

/** The blob is descriptor 0, the folder the first extra one. Fields: `limits`. Errors: PockerError. */
export async function unpackLayerJob(job: Readonly<Record<string, unknown>>): Promise<LayerFacts> {
  const limits = readLimits(job.limits)
  // OpenSSL reads its configuration when it is first used, and afterwards there is none.
  createHash('sha256')
  const mount = cloneFolder(FIRST_EXTRA)
  isolate()
  enterMount(mount)
  // The host's folder, from which `..` leads to the host.
  closeSync(FIRST_EXTRA)
  closeSync(mount)
  const root = openFolder('/')
  restrict()
  // What an archive says nothing of is as Docker has it.
  chmodSync('/', 0o755)
  const budget = new Budget(limits)
  const writer = new TreeWriter({ root, rules: layerRules, budget })
  const result = await unpackArchive(fileSource(STDIN), { writer, budget, hash: 'sha256', onProgress: reportProgress })
  return { ...result, size: budget.bytes }
}
