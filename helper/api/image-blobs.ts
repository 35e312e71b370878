/** `/pocker/images/NAME/blobs` and `/pocker/blobs/missing`: how an image goes to another host without what is there already. */
import { z } from 'zod'

export const imageBlobSchema = z.object({ Digest: z.string().max(200), Size: z.number() })
export const imageBlobsSchema = z.object({ Blobs: z.array(imageBlobSchema) })
export const missingRequestSchema = z.object({ Digests: z.array(z.string().max(200)).max(10_000) })
export const missingSchema = z.object({ Missing: z.array(z.string()) })

export type ImageBlob = z.infer<typeof imageBlobSchema>
