/** Docker's messages about layers, some of them in a second. */

/** Milliseconds between two messages about one layer. */
const MOMENT = 100

/** Calls `tell` with the bytes so far, not oftener than ten times a second, and always with the last. */
export function everyMoment(tell: (bytes: number) => void, total: number): (bytes: number) => void {
  let last = Number.NEGATIVE_INFINITY
  return (bytes) => {
    const now = performance.now()
    if (now - last < MOMENT && bytes < total) return
    last = now
    tell(bytes)
  }
}

/** The twelve digits that stand for a layer in messages. */
export function shortDigest(digest: string): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12)
}
