/** Pieces that come when they come, for one reader who takes them when it can. */

/** Bytes in the queue from which on the source is asked to wait. */
const ENOUGH = 1 << 20

export interface Source {
  pause(): void
  resume(): void
}

export class ChunkQueue<T extends { readonly data: Uint8Array }> implements AsyncIterable<T> {
  private readonly chunks: T[] = []
  private readonly sources = new Set<Source>()
  private size = 0
  private ended = false
  private wake: (() => void) | undefined

  /** A source that stops while much is waiting. */
  addSource(source: Source): void {
    this.sources.add(source)
  }

  /** The source has been asked to wait. */
  get isFull(): boolean {
    return !this.ended && this.size >= ENOUGH
  }

  push(chunk: T): void {
    if (this.ended) return
    this.chunks.push(chunk)
    this.size += chunk.data.length
    if (this.size >= ENOUGH) for (const source of this.sources) source.pause()
    this.wake?.()
  }

  /** Nothing more comes. */
  end(): void {
    this.ended = true
    this.wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      const chunk = this.chunks.shift()
      if (chunk !== undefined) {
        const full = this.size >= ENOUGH
        this.size -= chunk.data.length
        if (full && this.size < ENOUGH) for (const source of this.sources) source.resume()
        yield chunk
      } else if (this.ended) return
      else await new Promise<void>((resolve) => (this.wake = resolve))
    }
  }
}
