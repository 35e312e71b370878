/** Manifests and indexes of images: OCI `image-spec`, and Docker's schema 2, which has the same members. */
import { z } from 'zod'
import { PockerError } from '../../api/errors.ts'
import { isDigest } from '../digest.ts'
import { CONFIG_LIMIT, LAYER_LIMIT } from '../image-config.ts'
import { isRecord, plainText } from './plain-text.ts'

export const MEDIA_TYPES = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
} as const

const INDEX_TYPES: ReadonlySet<string> = new Set([MEDIA_TYPES.ociIndex, MEDIA_TYPES.dockerList])
const MANIFEST_TYPES: ReadonlySet<string> = new Set([MEDIA_TYPES.ociManifest, MEDIA_TYPES.dockerManifest])
const CONFIG_TYPES: ReadonlySet<string> = new Set([MEDIA_TYPES.ociConfig, MEDIA_TYPES.dockerConfig])
/** The archives' compression is told by their own first bytes. `foreign` ones have addresses elsewhere, which are never used. */
const LAYER_TYPE =
  /^application\/vnd\.(?:oci\.image\.layer\.(?:nondistributable\.)?v1\.tar(?:\+gzip|\+zstd)?|docker\.image\.rootfs\.(?:foreign\.)?diff\.tar(?:\.gzip|\.zstd)?)$/

/** What is asked for: all kinds that can be read. */
export const ACCEPT_MANIFESTS = [...INDEX_TYPES, ...MANIFEST_TYPES].join(', ')

/** Bytes of a manifest or index, as containerd's `MaxManifestSize`. */
export const MANIFEST_LIMIT = 4 << 20

const digest = z.string().refine(isDigest, 'must be sha256 and 64 hex digits')
const mediaType = z.string().max(255)

/** `urls` is left out on purpose: a registry must not send this machine to addresses of its choice (CVE-2020-15157). */
const descriptorSchema = z.object({ mediaType, digest, size: z.int().min(0) })

const platformSchema = z.object({ architecture: z.string().max(64), os: z.string().max(64), variant: z.string().max(64).optional() })

const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: mediaType.optional(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
})

const indexSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: mediaType.optional(),
  manifests: z.array(z.object({ ...descriptorSchema.shape, platform: platformSchema.optional() })),
})

export type Descriptor = z.infer<typeof descriptorSchema>
export type Manifest = z.infer<typeof manifestSchema> & { readonly kind: 'manifest'; readonly type: string }
export type Index = z.infer<typeof indexSchema> & { readonly kind: 'index'; readonly type: string }

/**
 * Reads a document that came with that media type; `unsaid` is what it is where neither says so. Header, body and shape must say the same, so that nobody can be shown one image and
 * given another (CVE-2021-41190, GHSA-5j5w-g665-5m35).
 * Errors: InvalidParameter `bad-manifest`, `confused-manifest`, `schema1-refused`, `not-an-image`, `too-many-layers`.
 */
export function parseManifest(bytes: Uint8Array, headerType: string | undefined, unsaid?: string): Manifest | Index {
  const document = readJson(bytes)
  if ('fsLayers' in document || 'signatures' in document || document.schemaVersion === 1) {
    throw new PockerError('InvalidParameter', 'read manifest: it is of schema 1, which nothing protects and nobody writes any more', {
      code: 'schema1-refused',
      hint: 'pull and push the image with a current tool, which makes a manifest of schema 2',
    })
  }
  const type = agreedType(document, headerType) ?? unsaid
  if (type === undefined) throw confused('neither the registry nor the document says what it is')
  const isIndex = 'manifests' in document
  if (isIndex && ('layers' in document || 'config' in document)) throw confused('it is both an index and a manifest')
  if (isIndex !== INDEX_TYPES.has(type)) throw confused(`its media type is '${type}', its content is ${isIndex ? 'an index' : 'none'}`)
  return isIndex ? { ...parsed(indexSchema, document), kind: 'index', type } : checkedManifest(parsed(manifestSchema, document), type)
}

function checkedManifest(manifest: z.infer<typeof manifestSchema>, type: string): Manifest {
  const { config, layers } = manifest
  if (!CONFIG_TYPES.has(config.mediaType)) throw notAnImage(config.mediaType)
  if (config.size > CONFIG_LIMIT) throw bad(`its configuration has ${config.size} bytes, more than ${CONFIG_LIMIT}`)
  const other = layers.find((layer) => !LAYER_TYPE.test(layer.mediaType))
  if (other !== undefined) throw notAnImage(other.mediaType)
  if (layers.length > LAYER_LIMIT) {
    throw new PockerError('InvalidParameter', `read manifest: it has ${layers.length} layers, more than ${LAYER_LIMIT}`, {
      code: 'too-many-layers',
    })
  }
  return { ...manifest, kind: 'manifest', type }
}

/** The one media type of header and body. OCI documents may leave it out of the body; generic headers say nothing. */
function agreedType(document: Readonly<Record<string, unknown>>, header: string | undefined): string | undefined {
  const said = header?.split(';')[0]?.trim().toLowerCase() ?? ''
  const isGeneric = said === '' || said === 'application/json' || said === 'application/octet-stream'
  const inside = document.mediaType
  if (inside !== undefined && typeof inside !== 'string') throw bad('its media type is no text')
  if (inside !== undefined && !isGeneric && inside !== said) throw confused(`the registry says '${said}', the document '${inside}'`)
  const type = inside ?? (isGeneric ? undefined : said)
  if (type === undefined) return undefined
  if (!INDEX_TYPES.has(type) && !MANIFEST_TYPES.has(type)) throw notAnImage(type)
  return type
}

/** Whether a descriptor is of an image manifest. */
export function isManifestType(type: string): boolean {
  return MANIFEST_TYPES.has(type)
}

function readJson(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let document: unknown
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw bad('it is not JSON', cause)
  }
  if (!isRecord(document)) throw bad('it is no JSON object')
  return document
}

function parsed<T extends z.ZodType>(schema: T, document: unknown): z.infer<T> {
  const result = schema.safeParse(document)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const place = plainText(issue?.path.join('.') ?? '', 100)
  throw bad(`${place || 'it'}: ${issue?.message ?? 'is not what it should be'}`)
}

function bad(why: string, cause?: unknown): PockerError {
  return new PockerError('InvalidParameter', `read manifest: ${why}`, { code: 'bad-manifest', cause })
}

function confused(why: string): PockerError {
  return new PockerError('InvalidParameter', `read manifest: ${plainText(why, 300)}`, { code: 'confused-manifest' })
}

function notAnImage(type: string): PockerError {
  return new PockerError('InvalidParameter', `read manifest: '${plainText(type, 100)}' is not part of a container image`, {
    code: 'not-an-image',
  })
}
