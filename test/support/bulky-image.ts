/** An image that takes its time: bytes that do not compress and many small files. */
import { randomBytes } from 'node:crypto'
import { layerOf } from './layers.ts'
import { type WrittenImage, writeLayout } from './oci-layout.ts'

export interface BulkyOptions {
  readonly name: string
  readonly layers: number
  /** Of each layer. */
  readonly megabytes: number
  /** Of each layer. */
  readonly files: number
}

/** Writes it as the only tag of an OCI layout. */
export async function writeBulkyLayout(layout: string, { name, layers, megabytes, files }: BulkyOptions): Promise<WrittenImage> {
  const tars: Buffer[] = []
  for (let layer = 0; layer < layers; layer++) {
    const small = Array.from({ length: files }, (_, index) => [`many-${layer}/${index % 50}/${index}`, `${layer} ${index}\n`] as const)
    const large = [`large-${layer}`, randomBytes(megabytes * 1_000_000)] as const
    tars.push(await layerOf(Object.fromEntries<string | Uint8Array>([large, ...small])))
  }
  const [written] = writeLayout(layout, [{ name, layers: tars, config: { Cmd: ['/none'] } }])
  if (written === undefined) throw new Error(`write ${layout}: no image`)
  return written
}
