/** One archive from its first byte to its last. */
import { createHash } from 'node:crypto'
import { TarReader } from '../tar/reader.ts'
import type { ByteSource } from './byte-source.ts'
import type { Budget } from './limits.ts'
import { plainBytes } from './plain-pieces.ts'
import type { TreeWriter } from './tree-writer.ts'

export interface UnpackArchiveOptions {
  readonly writer: TreeWriter
  readonly budget: Budget
  /** `none` when nobody asks for digests. */
  readonly hash: 'sha256' | 'none'
  /** The source's bytes read so far. */
  readonly onProgress?: (bytes: number) => void
}

export interface UnpackedArchive {
  /** `sha256:…` of the uncompressed archive, and of the source's own bytes; '' when not asked for. */
  readonly diffId: string
  readonly digest: string
  /** Folders to be marked as hiding those of layers below. */
  readonly opaque: readonly string[]
}

/** Errors: PockerError `bad-archive`, `archive-…`, and those of the writer. */
export async function unpackArchive(source: ByteSource, options: UnpackArchiveOptions): Promise<UnpackedArchive> {
  const { writer, budget, onProgress } = options
  const [packed, plain] = options.hash === 'sha256' ? [createHash('sha256'), createHash('sha256')] : []
  let input = 0
  let output = 0
  const { compressed, pieces } = plainBytes(source, (piece) => {
    input += piece.length
    packed?.update(piece)
    onProgress?.(input)
  })
  const reader = new TarReader(writer)
  for await (const piece of pieces) {
    output += piece.length
    if (compressed) {
      budget.checkRatio(input, output)
      plain?.update(piece)
    }
    // Behind its end an archive may have anything, which only the digests are about.
    if (!reader.isOver) reader.write(piece)
  }
  reader.finish()
  const opaque = writer.finish()
  const digest = packed === undefined ? '' : `sha256:${packed.digest('hex')}`
  return { digest, diffId: compressed && plain !== undefined ? `sha256:${plain.digest('hex')}` : digest, opaque }
}
