/** The JSON documents in archives of images. Everything in them is hostile. */
import { z } from 'zod'
import { PockerError } from '../api/errors.ts'
import { mapOf, objectOf, text } from '../api/json.ts'
import { isDigest } from './digest.ts'
import { DOCKER_CONFIG, DOCKER_INDEX, DOCKER_MANIFEST, OCI_CONFIG, OCI_INDEX, OCI_LAYER, OCI_MANIFEST } from './manifest-of.ts'

/** Bytes; containerd's bound for manifests. */
export const DOCUMENT_LIMIT = 4 << 20

const descriptorSchema = objectOf({
  mediaType: text,
  digest: z.string().refine(isDigest, 'must be sha256 and 64 hex digits'),
  size: z.int().min(0),
  annotations: mapOf(text).exactOptional(),
  platform: objectOf({ architecture: text, os: text, variant: text.exactOptional() }).exactOptional(),
})

const indexSchema = objectOf({
  schemaVersion: z.literal(2),
  mediaType: text.exactOptional(),
  manifests: z.array(descriptorSchema).max(1000),
})

const manifestSchema = objectOf({
  schemaVersion: z.literal(2),
  mediaType: text.exactOptional(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema).max(1000),
})

const layoutSchema = objectOf({ imageLayoutVersion: z.literal('1.0.0') })

const archiveSchema = z
  .array(
    objectOf({
      Config: text,
      RepoTags: z.array(text).max(1000).exactOptional(),
      Layers: z.array(text).max(1000).exactOptional(),
    }),
  )
  .max(1000)

export type IndexEntry = z.infer<typeof descriptorSchema>
export type ImageIndex = z.infer<typeof indexSchema>
export type ImageManifest = z.infer<typeof manifestSchema>
/** The list in a docker-archive's `manifest.json`. */
export type ArchiveImages = z.infer<typeof archiveSchema>

/** Whether a media type is that of an index. */
export function isIndexType(mediaType: string): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_INDEX
}

/** Whether a media type is that of an image's manifest. */
export function isManifestType(mediaType: string): boolean {
  return mediaType === OCI_MANIFEST || mediaType === DOCKER_MANIFEST
}

/**
 * Reads an index that was called `mediaType`.
 * Errors: InvalidParameter `bad-manifest`, `ambiguous-manifest`.
 */
export function parseIndex(bytes: Uint8Array, mediaType: string): ImageIndex {
  return checked(indexSchema, bytes, mediaType, 'layers')
}

/**
 * Reads a manifest that was called `mediaType`.
 * Errors: InvalidParameter `bad-manifest`, `ambiguous-manifest`, `not-an-image` when it is of something else (a chart, a signature).
 */
export function parseManifest(bytes: Uint8Array, mediaType: string): ImageManifest {
  const manifest = checked(manifestSchema, bytes, mediaType, 'manifests')
  const strange =
    manifest.config.mediaType !== OCI_CONFIG && manifest.config.mediaType !== DOCKER_CONFIG
      ? manifest.config.mediaType
      : manifest.layers.find((layer) => !LAYER_TYPES.test(layer.mediaType))?.mediaType
  if (strange === undefined) return manifest
  throw new PockerError('InvalidParameter', `read manifest: '${strange.slice(0, 200)}' is no part of an image`, { code: 'not-an-image' })
}

const escapedLayer = OCI_LAYER.replaceAll('.', '\\.')
const nondistributable = escapedLayer.replace('layer\\.v1', 'layer\\.nondistributable\\.v1')
const LAYER_TYPES = new RegExp(
  `^(?:(?:${escapedLayer}|${nondistributable})(?:\\+(?:gzip|zstd))?|application/vnd\\.docker\\.image\\.rootfs\\.(?:foreign\\.)?diff\\.tar(?:\\.(?:gzip|zstd))?)$`,
)

/** Errors: InvalidParameter `bad-manifest`. */
export function checkLayout(bytes: Uint8Array): void {
  parse(layoutSchema, readJson(bytes, 'oci-layout'), 'oci-layout')
}

/** Errors: InvalidParameter `bad-manifest`. */
export function parseArchiveImages(bytes: Uint8Array): ArchiveImages {
  return parse(archiveSchema, readJson(bytes, 'manifest.json'), 'manifest.json')
}

function checked<T extends z.ZodType<{ mediaType?: string }>>(
  schema: T,
  bytes: Uint8Array,
  mediaType: string,
  foreign: string,
): z.infer<T> {
  const json = readJson(bytes, 'manifest')
  // One document that is two things would be read as one here and as the other elsewhere (CVE-2021-41190).
  if (typeof json === 'object' && json !== null && (foreign in json || 'fsLayers' in json)) {
    throw new PockerError('InvalidParameter', 'read manifest: it is a list of images, an image or of an old schema at the same time', {
      code: 'ambiguous-manifest',
    })
  }
  const document = parse(schema, json, 'manifest')
  if (document.mediaType !== undefined && document.mediaType !== mediaType) {
    throw new PockerError('InvalidParameter', `read manifest: it calls itself '${document.mediaType.slice(0, 200)}', not '${mediaType}'`, {
      code: 'ambiguous-manifest',
    })
  }
  return document
}

function parse<T extends z.ZodType>(schema: T, json: unknown, what: string): z.infer<T> {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw bad(what, `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is not what it should be'}`)
}

function readJson(bytes: Uint8Array, what: string): unknown {
  if (bytes.length > DOCUMENT_LIMIT) throw bad(what, `it has ${bytes.length} bytes, more than ${DOCUMENT_LIMIT}`)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw bad(what, 'it is not JSON', cause)
  }
}

function bad(what: string, why: string, cause?: unknown): PockerError {
  return new PockerError('InvalidParameter', `read ${what}: ${why}`, { code: 'bad-manifest', cause })
}
