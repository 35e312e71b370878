/** The configuration blob of an image (OCI `image-spec/config.md`; Docker's is the same). Its digest is the image's ID. */
import { z } from 'zod'
import { PockerError } from '../api/errors.ts'
import { imageConfigSchema } from '../api/image.ts'
import { integer, objectOf, text } from '../api/json.ts'
import { isDigest } from './digest.ts'

/** Bytes of a configuration or manifest: what containerd takes (`MaxManifestSize` is 4 MiB). */
export const CONFIG_LIMIT = 4 << 20

/** dockerd takes 125 layers; overlayfs itself 500. */
export const LAYER_LIMIT = 128

const historySchema = objectOf({
  created: text.exactOptional(),
  created_by: text.exactOptional(),
  author: text.exactOptional(),
  comment: text.exactOptional(),
  empty_layer: z.boolean().exactOptional(),
})

/** Healthcheck and the like may be anything where the image is not Docker's; what is used is checked when a container is made. */
const fileSchema = objectOf({
  architecture: text.exactOptional(),
  os: text.exactOptional(),
  variant: text.exactOptional(),
  created: text.exactOptional(),
  author: text.exactOptional(),
  comment: text.exactOptional(),
  config: imageConfigSchema.exactOptional(),
  rootfs: objectOf({ type: text.exactOptional(), diff_ids: z.array(z.string().refine(isDigest, 'must be a sha256 digest')) }),
  history: z.array(historySchema).max(10_000).exactOptional(),
  // A document must not be read as a configuration here and as something else elsewhere (CVE-2021-41190).
  manifests: z.undefined().exactOptional(),
  layers: z.undefined().exactOptional(),
  schemaVersion: integer.max(0, 'is a manifest').exactOptional(),
})

export type ImageConfigFile = z.infer<typeof fileSchema>

/**
 * Reads a configuration blob.
 * Errors: InvalidParameter `bad-image-config`, `too-many-layers`.
 */
export function parseImageConfig(bytes: Uint8Array): ImageConfigFile {
  if (bytes.length > CONFIG_LIMIT) throw bad(`it has ${bytes.length} bytes, more than ${CONFIG_LIMIT}`)
  const parsed = fileSchema.safeParse(readJson(bytes))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw bad(`${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is not what it should be'}`)
  }
  const { length } = parsed.data.rootfs.diff_ids
  if (length > LAYER_LIMIT) {
    throw new PockerError('InvalidParameter', `read image configuration: it has ${length} layers, more than ${LAYER_LIMIT}`, {
      code: 'too-many-layers',
    })
  }
  return parsed.data
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw bad('it is not JSON', cause)
  }
}

function bad(why: string, cause?: unknown): PockerError {
  return new PockerError('InvalidParameter', `read image configuration: ${why}`, { code: 'bad-image-config', cause })
}
