import fc from 'fast-check'
import type { ByteSource } from '../http/byte-source.ts'

/** The bytes cut into pieces at any places, as a network may deliver them. */
export function anyCut(bytes: Uint8Array): fc.Arbitrary<Uint8Array[]> {
  return fc.array(fc.nat(bytes.length)).map((cuts) => {
    const places = [0, ...cuts.sort((a, b) => a - b), bytes.length]
    return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
  })
}

/** The pieces, one after the other. */
export async function* sequence(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, void> {
  yield* pieces
}

/** The pieces as a source. */
export function sourceOfPieces(pieces: readonly Uint8Array[]): ByteSource {
  const left = [...pieces]
  return {
    next: async () => left.shift(),
    unread: (bytes) => {
      if (bytes.length > 0) left.unshift(bytes)
    },
  }
}
