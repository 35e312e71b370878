/** Everything an archive holds, in memory. */
import type { TarEntry } from '../tar/entry.ts'
import { TarReader } from '../tar/reader.ts'

export interface ReadEntry extends TarEntry {
  /** The file's content, its holes as zeros. */
  readonly content: Buffer
}

/** Reads the pieces one after another. Errors: those of the reader. */
export function readTar(pieces: readonly Buffer[]): ReadEntry[] {
  const found: ReadEntry[] = []
  let content = Buffer.alloc(0)
  const reader = new TarReader({
    begin(entry) {
      content = Buffer.alloc(entry.size)
      found.push({ ...entry, content })
    },
    data(piece, position) {
      piece.copy(content, position)
    },
    end() {},
  })
  // The memory of a piece is used again by those who read files: so it is here.
  for (const piece of pieces) {
    const copy = Buffer.from(piece)
    reader.write(copy)
    copy.fill(0xaa)
  }
  reader.finish()
  return found
}
