import { Readable } from 'node:stream'
import type { ImageContext } from '../context.ts'
import { loadImages } from '../load.ts'
import { type TestEntry, tarOf } from './test-archive.ts'

/** Loads an archive, in pieces that no boundary of it fits. What `load` said, without line ends. */
export async function loadPieces(
  images: ImageContext,
  archive: readonly TestEntry[] | Uint8Array,
  signal = new AbortController().signal,
): Promise<string[]> {
  const bytes = Buffer.from(archive instanceof Uint8Array ? archive : tarOf(archive))
  const said: string[] = []
  const pieces = Readable.from(
    bytes.length === 0 ? [] : Array.from({ length: Math.ceil(bytes.length / 777) }, (_, at) => bytes.subarray(at * 777, at * 777 + 777)),
  )
  for await (const { stream } of await loadImages(images, pieces, { quiet: true, signal }))
    if (stream !== undefined) said.push(stream.trim())
  return said
}
