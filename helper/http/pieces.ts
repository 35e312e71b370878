/**
 * The source's values as bytes, each as one or more pieces.
 * No generator: one that waits for its source's next value cannot be ended, and a client that leaves a silent stream must end the source.
 */
export function piecesOf<T>(source: AsyncIterable<T>, toPieces: (value: T) => readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => pieceIterator(source[Symbol.asyncIterator](), toPieces) }
}

function pieceIterator<T>(source: AsyncIterator<T>, toPieces: (value: T) => readonly Uint8Array[]): AsyncIterator<Uint8Array> {
  let pieces: readonly Uint8Array[] = []
  let position = 0
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    for (;;) {
      const piece = pieces[position]
      position += 1
      if (piece !== undefined) return { done: false, value: piece }
      const step = await source.next()
      if (step.done === true) return { done: true, value: undefined }
      pieces = toPieces(step.value)
      position = 0
    }
  }
  const end = async (): Promise<IteratorResult<Uint8Array>> => {
    await source.return?.()
    return { done: true, value: undefined }
  }
  return { next, return: end }
}
