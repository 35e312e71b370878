/** Stores in a temporary folder, for tests of what works on images. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { EngineEvent } from '../../api/system.ts'
import type { UnpackLayer } from '../../archive/archive.ts'
import type { ImageContext, ImageUse } from '../context.ts'
import { type Digest, parseDigest } from '../digest.ts'
import { makeImageContext } from '../make-image-context.ts'
import { memoryRecords } from '../records.ts'
import { openContentStore } from '../store/open-content-store.ts'
import { openLayerStore } from '../store/open-layer-store.ts'

export interface TestImages {
  readonly context: ImageContext
  readonly events: readonly EngineEvent[]
  /** To be filled by the test. */
  readonly containers: ImageUse[]
  /** A folder for the test's own files, gone at its end. */
  readonly place: string
}

/** The time begins in 2023 and goes on by a second each time somebody asks. `unpackLayer` is `copyLayer` unless given. */
export function makeTestImages(test: TestContext, parts: { readonly unpackLayer?: UnpackLayer } = {}): TestImages {
  const place = mkdtempSync(join(tmpdir(), 'pocker-images-'))
  test.after(() => rmSync(place, { recursive: true, force: true }))
  const dataRoot = join(place, 'data')
  const hostRoot = join(place, 'host')
  for (const folder of [dataRoot, join(hostRoot, 'usr/bin')]) mkdirSync(folder, { recursive: true })
  const events: EngineEvent[] = []
  const containers: ImageUse[] = []
  let time = 1_700_000_000_000
  const context = makeImageContext({
    records: memoryRecords(),
    content: openContentStore(join(dataRoot, 'content')),
    layers: openLayerStore({
      folder: join(dataRoot, 'layers'),
      trash: { discard: (folder) => rmSync(folder, { recursive: true, force: true }) },
    }),
    unpackLayer: parts.unpackLayer ?? copyLayer,
    dataRoot,
    hostRoot,
    now: () => (time += 1000),
    containers: () => containers,
    emit: (event) => void events.push(event),
  })
  return { context, events, containers, place }
}

/** What stands for unpacking: the blob becomes the file `content`. */
export const copyLayer: UnpackLayer = async ({ blob, folder, onProgress }) => {
  const bytes = readFileSync(blob)
  writeFileSync(join(folder, 'content'), bytes)
  onProgress?.(bytes.length)
  return { diffId: diffIdOf(bytes), digest: digestOf(bytes), size: bytes.length }
}

/** What `copyLayer` says of a blob with these bytes. */
export function diffIdOf(bytes: Uint8Array): Digest {
  return digestOf(Buffer.concat([Buffer.from('unpacked '), bytes]))
}

/** Of the bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)
}
