/** What every work on images gets as its first argument: pull, push, load, save, import and commit as well as list and remove. */
import type { EngineEvent } from '../api/system.ts'
import type { UnpackLayer } from '../archive/archive.ts'
import type { Digest } from './digest.ts'
import type { Lease } from './leases.ts'
import type { ImageRecords } from './records.ts'
import type { ContentStore } from './store/content-store.ts'
import type { LayerStore } from './store/layer-store.ts'

export interface ImageContext {
  readonly records: ImageRecords
  readonly content: ContentStore
  readonly layers: LayerStore
  readonly unpackLayer: UnpackLayer
  /** The helper's own folder: nothing in it can be imported. */
  readonly dataRoot: string
  /** `/`, or a tree that stands for the machine in tests. */
  readonly hostRoot: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Every container there is. */
  readonly containers: () => readonly ImageUse[]
  /** Use `tellImage` of `image-events.ts`. */
  readonly emit: (event: EngineEvent) => void
  /**
   * Begins work that puts blobs and layers into the stores: `using lease = context.lease()`. What it protects is not collected
   * before the lease ends, and is collected then if no image has come to need it: so a failed pull leaves nothing.
   */
  readonly lease: () => Lease
  /** Whether a lease that goes on protects this blob or layer. */
  readonly isLeased: (digest: Digest) => boolean
}

/** A container as images see it. */
export interface ImageUse {
  readonly id: string
  readonly name: string
  /** The image's ID. */
  readonly image: string
  readonly running: boolean
  /** Absolute host folders. */
  readonly layers: readonly string[]
}
