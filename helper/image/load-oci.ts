/** The images of an OCI layout (image-spec/image-layout.md), by its `index.json`. */
import { PockerError } from '../api/errors.ts'
import type { ImageContext } from './context.ts'
import type { Digest } from './digest.ts'
import type { Lease } from './leases.ts'
import type { ImageParts } from './load-plan.ts'
import { DOCUMENT_LIMIT, type IndexEntry, isIndexType, isManifestType, parseIndex, parseManifest } from './load-schema.ts'
import { OCI_INDEX } from './manifest-of.ts'
import { familiarReference, parseReference, withDefaultTag } from './reference.ts'

const MAX_DEPTH = 4
/** Indexes that are looked into: nested ones that list each other many times must not take for ever. */
const MAX_INDEXES = 1000

interface Search {
  readonly context: ImageContext
  readonly lease: Lease
  indexes: number
}

/** Errors: those of `planImages`. */
export function planOciImages(context: ImageContext, lease: Lease, index: Buffer): ImageParts[] {
  const search: Search = { context, lease, indexes: 0 }
  const images = new Map<Digest, ImageParts>()
  const chosen = new Map<string, Digest>()
  for (const entry of forThisPlatform(parseIndex(index, OCI_INDEX).manifests)) {
    const manifest = chooseManifest(search, entry)
    const tag = nameOf(entry)
    const before = tag === undefined ? undefined : chosen.get(tag)
    if (tag !== undefined && before !== undefined && before !== manifest.digest) {
      throw new PockerError('InvalidParameter', `load images: '${tag}' names two of them`, { code: 'ambiguous-manifest' })
    }
    if (tag !== undefined) chosen.set(tag, manifest.digest)
    const known = images.get(manifest.digest)
    const tags = [...(known?.tags ?? []), ...(tag === undefined ? [] : [tag])]
    images.set(manifest.digest, { ...(known ?? partsOf(search, manifest)), tags: [...new Set(tags)] })
  }
  return [...images.values()]
}

/** Without attestations, and of entries that have one name only those for this machine, if there are any. */
function forThisPlatform(entries: readonly IndexEntry[]): IndexEntry[] {
  const images = entries.filter(isImage)
  return images.filter((entry) => {
    const name = nameOf(entry)
    return name === undefined || fits(entry) || !images.some((other) => other !== entry && nameOf(other) === name && fits(other))
  })
}

function isImage({ annotations, platform }: IndexEntry): boolean {
  return annotations?.['vnd.docker.reference.type'] !== 'attestation-manifest' && platform?.os !== 'unknown'
}

/** Go's word for this machine. */
const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch

function fits({ platform }: IndexEntry): boolean {
  return platform?.os === 'linux' && platform.architecture === ARCHITECTURE
}

function chooseManifest(search: Search, entry: IndexEntry, depth = 0): IndexEntry {
  if (isManifestType(entry.mediaType)) return entry
  if (!isIndexType(entry.mediaType)) {
    throw new PockerError('InvalidParameter', `load images: '${entry.mediaType.slice(0, 200)}' is no image`, { code: 'not-an-image' })
  }
  if (depth >= MAX_DEPTH || ++search.indexes > MAX_INDEXES) {
    throw new PockerError('InvalidParameter', 'load images: its indexes are nested too deeply', { code: 'bad-manifest' })
  }
  // `docker save` of one platform keeps the index of all of them, without the others' manifests.
  const listed = parseIndex(readBlob(search, entry), entry.mediaType).manifests.filter((other) => isImage(other) && isThere(search, other))
  const [chosen, ...others] = [...listed].sort((left, right) => Number(fits(right)) - Number(fits(left)))
  if (chosen !== undefined && (fits(chosen) || others.length === 0 || isIndexType(chosen.mediaType))) {
    return chooseManifest(search, chosen, depth + 1)
  }
  throw new PockerError('InvalidParameter', `load images: an image is not there for linux/${ARCHITECTURE}`, { code: 'platform-missing' })
}

function partsOf(search: Search, entry: IndexEntry): ImageParts {
  const { config, layers } = parseManifest(readBlob(search, entry), entry.mediaType)
  for (const part of [config, ...layers]) checkBlob(search, part)
  return { config: config.digest, blobs: layers.map(({ digest }) => digest), manifest: entry.digest, tags: [] }
}

function readBlob(search: Search, entry: IndexEntry): Buffer {
  checkBlob(search, entry)
  return search.context.content.read(entry.digest, DOCUMENT_LIMIT)
}

function isThere({ context, lease }: Search, { digest }: IndexEntry): boolean {
  lease.protect(digest)
  return context.content.has(digest)
}

function checkBlob({ context, lease }: Search, { digest, size }: IndexEntry): void {
  lease.protect(digest)
  const found = context.content.size(digest)
  if (found === undefined) {
    throw new PockerError('InvalidParameter', `load images: ${digest} is not in the archive`, { code: 'missing-entry' })
  }
  if (found === size) return
  throw new PockerError('InvalidParameter', `load images: ${digest} has ${found} bytes, its descriptor says ${size}`, {
    code: 'blob-mismatch',
  })
}

/**
 * The familiar name, with a tag. containerd's annotation has all of it; OCI's own has a full name only by some tools (podman, skopeo),
 * by the specification a tag alone, and then nobody knows of what.
 */
function nameOf({ annotations }: IndexEntry): string | undefined {
  const full = annotations?.['io.containerd.image.name']
  const short = annotations?.['org.opencontainers.image.ref.name'] ?? ''
  const name = full ?? (/[/:]/.test(short) ? short : undefined)
  if (name === undefined) return undefined
  const reference = withDefaultTag(parseReference(name))
  return reference.digest === undefined ? familiarReference(reference) : undefined
}
