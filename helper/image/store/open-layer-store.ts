/** The layer store as folders: `layers/<name>/fs` is the layer, `layers/<name>/facts.json` says which one it is. */
import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { PockerError } from '../../api/errors.ts'
import { spreadFolders } from '../../linux/spread-folders.ts'
import { type Digest, digestHex, isDigest } from '../digest.ts'
import { explainDisk } from './disk-error.ts'
import type { LayerStore } from './layer-store.ts'
import { createLayer, UNFINISHED } from './new-layer.ts'
import { syncFolder } from './sync-folder.ts'

/**
 * Hex digits of a layer's diff ID that name its folder: mount(2) takes one page of options, and all 64 digits would let no more than
 * 50 layers through. A layer whose beginning is another's gets more of its digits.
 */
const SHORT = 16

const factsSchema = z.object({ diffId: z.string().refine(isDigest), size: z.number().int().nonnegative() })

interface Layer {
  readonly name: string
  readonly size: number
}

export interface LayerStoreOptions {
  readonly folder: string
  /** Where folders go that are no longer wanted, on the same filesystem. */
  readonly trash: { discard(folder: string): void }
}

/**
 * Opens the store, makes it where it is missing, and discards layers that an earlier helper did not finish.
 * One process at a time. Errors: those of the file system.
 */
export function openLayerStore({ folder, trash }: LayerStoreOptions): LayerStore {
  // Layers hold setuid files: no other user of the host may get to them (CVE-2021-41091).
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  spreadFolders(folder)
  const layers = readLayers(folder, trash)

  function find(diffId: Digest): Layer {
    const layer = layers.get(diffId)
    if (layer === undefined) throw new PockerError('NotFound', `use layer ${diffId}: it is not there`, { code: 'layer-missing' })
    return layer
  }

  function place(from: string, diffId: Digest, size: number): void {
    const names = new Set([...layers.values()].map(({ name }) => name))
    const hex = digestHex(diffId)
    let length = SHORT
    while (names.has(hex.slice(0, length))) length++
    const name = hex.slice(0, length)
    renameSync(from, join(folder, name))
    syncFolder(folder)
    layers.set(diffId, { name, size })
  }

  return {
    has: (diffId) => layers.has(diffId),
    folder: (diffId) => join(folder, find(diffId).name, 'fs'),
    size: (diffId) => find(diffId).size,
    create: () =>
      createLayer(folder, {
        discard: (path) => trash.discard(path),
        place: (path, diffId, size) => {
          // Two pulls can unpack the same layer at once; containers may already be made of the first.
          if (layers.has(diffId)) trash.discard(path)
          else place(path, diffId, size)
        },
      }),
    delete(diffId) {
      const layer = layers.get(diffId)
      if (layer === undefined) return
      trash.discard(join(folder, layer.name))
      layers.delete(diffId)
    },
    list: () => [...layers.keys()],
  }
}

function readLayers(folder: string, trash: LayerStoreOptions['trash']): Map<Digest, Layer> {
  const layers = new Map<Digest, Layer>()
  for (const name of readdirSync(folder)) {
    const facts = name.startsWith(UNFINISHED) ? undefined : readFacts(join(folder, name, 'facts.json'))
    if (facts === undefined || !digestHex(facts.diffId).startsWith(name)) trash.discard(join(folder, name))
    else layers.set(facts.diffId, { name, size: facts.size })
  }
  return layers
}

/** Undefined for what is not a layer. Errors: of a disk that cannot be read: that does not make a layer worthless. */
function readFacts(path: string): z.infer<typeof factsSchema> | undefined {
  try {
    return factsSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (error instanceof SyntaxError || code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined
    throw explainDisk('read layer', error)
  }
}
