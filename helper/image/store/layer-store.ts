/** Unpacked layers by diff ID: each a folder that overlayfs takes as it is. */
import type { Digest } from '../digest.ts'

export interface LayerStore {
  has(diffId: Digest): boolean
  /** The layer's folder, absolute. Errors: NotFound `layer-missing`. */
  folder(diffId: Digest): string
  /** Bytes of its files. Errors: NotFound `layer-missing`. */
  size(diffId: Digest): number
  /** An empty folder on the same filesystem, known as incomplete (and removed at the next start) until committed. */
  create(): NewLayer
  /** Out of the way at once, deleted later. Nothing to delete is fine. */
  delete(diffId: Digest): void
  list(): readonly Digest[]
}

export interface NewLayer {
  readonly folder: string
  /** Has the disk take all that is there (syncfs), on another thread: without it `commit` does so, and everyone waits. */
  sync(): Promise<void>
  /** Makes it durable and gives it its place; one that is there already is kept. */
  commit(diffId: Digest, facts: { readonly size: number }): void
  /** Leaves nothing. May be called after commit, and then does nothing. */
  abort(): void
}
