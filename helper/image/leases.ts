/** Which blobs and layers are wanted by work that goes on, though no image needs them yet. In memory: such work ends with the helper. */
import type { Digest } from './digest.ts'

export interface Lease extends Disposable {
  /**
   * Keeps these blobs and layers (by diff ID), there or still to come. Ask a store whether it has something only after protecting it:
   * otherwise it may be collected in between.
   */
  protect(...digests: readonly Digest[]): void
}

export interface Leases {
  open(): Lease
  has(digest: Digest): boolean
}

/** No leases yet. `ended` gets what a lease has protected, once it no longer does. */
export function makeLeases(ended: (digests: readonly Digest[]) => void): Leases {
  const open = new Set<ReadonlySet<Digest>>()
  return {
    open: () => {
      const mine = new Set<Digest>()
      open.add(mine)
      return {
        protect: (...digests) => {
          for (const digest of digests) mine.add(digest)
        },
        [Symbol.dispose]: () => {
          if (open.delete(mine)) ended([...mine])
        },
      }
    },
    has: (digest) => {
      for (const digests of open) if (digests.has(digest)) return true
      return false
    },
  }
}
