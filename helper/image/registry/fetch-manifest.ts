/** Manifests and configurations from a registry, checked against the digests that named them. */
import { createHash } from 'node:crypto'
import type { Platform } from '../../http/backend.ts'
import { type Digest, isDigest, parseDigest } from '../digest.ts'
import { CONFIG_LIMIT } from '../image-config.ts'
import type { Reference } from '../reference.ts'
import { discardBody, readBody } from './body.ts'
import { ACCEPT_MANIFESTS, type Descriptor, type Index, MANIFEST_LIMIT, type Manifest, parseManifest } from './manifest.ts'
import { choosePlatform } from './platform.ts'
import { RegistryError } from './registry-error.ts'
import { ask, type Repository } from './repository.ts'
import { retrying } from './retry.ts'

export interface FetchedManifest {
  readonly document: Manifest | Index
  readonly bytes: Buffer
  readonly digest: Digest
}

export interface FetchedImage {
  /** What the tag or digest names: an index, or the manifest itself. */
  readonly top: FetchedManifest
  readonly manifest: Manifest
  readonly bytes: Buffer
  readonly digest: Digest
}

/**
 * What a tag or digest names.
 * Errors: `digest-mismatch`, `bad-digest`, `document-too-large`; those of `ask` and `parseManifest`.
 */
export function fetchManifest(repository: Repository, reference: Reference, signal: AbortSignal): Promise<FetchedManifest> {
  const expected = reference.digest === undefined ? undefined : parseDigest(reference.digest)
  return fetchDocument(
    repository,
    expected ?? reference.tag ?? 'latest',
    { ...(expected === undefined ? {} : { digest: expected }) },
    signal,
  )
}

/**
 * The image's manifest, chosen out of an index for that platform.
 * Errors: those of `fetchManifest`; `no-matching-platform`, `confused-manifest` when the index says something else of it.
 */
export async function fetchImage(
  repository: Repository,
  reference: Reference,
  { platform, signal }: { platform: Platform; signal: AbortSignal },
): Promise<FetchedImage> {
  const top = await fetchManifest(repository, reference, signal)
  if (top.document.kind === 'manifest') return { top, manifest: top.document, bytes: top.bytes, digest: top.digest }
  const entry = choosePlatform(top.document, platform, repository.name)
  const { document, bytes, digest } = await fetchDocument(repository, entry.digest, entry, signal)
  if (document.kind !== 'manifest') {
    throw new RegistryError('InvalidParameter', `pull '${repository.name}': its index leads to another index`, {
      code: 'confused-manifest',
    })
  }
  return { top, manifest: document, bytes, digest }
}

/** The configuration of an image. Errors: `digest-mismatch`, `document-too-large`; those of `ask`. */
export function fetchConfig(repository: Repository, descriptor: Descriptor, signal: AbortSignal): Promise<Buffer> {
  const work = async () => {
    const answer = await ask(repository, { method: 'GET', target: `/blobs/${descriptor.digest}`, signal, accept: [200] })
    const bytes = await readBody(answer.body, { limit: Math.min(CONFIG_LIMIT, descriptor.size), what: 'configuration', url: answer.url })
    check(repository, bytes, descriptor)
    return bytes
  }
  return retrying({ signal, firstDelay: repository.registries.firstDelay }, work)
}

/** What is known of a document before it comes. */
type Expected = Partial<Pick<Descriptor, 'digest' | 'size' | 'mediaType'>>

function fetchDocument(repository: Repository, name: string, expected: Expected, signal: AbortSignal): Promise<FetchedManifest> {
  const headers = { accept: ACCEPT_MANIFESTS }
  return retrying({ signal, firstDelay: repository.registries.firstDelay }, async () => {
    const answer = await ask(repository, { method: 'GET', target: `/manifests/${name}`, headers, signal, accept: [200] })
    const said = answer.headers['docker-content-digest']
    // The header is checked before anything is read: what is not a digest of the one kind is a lie, or of no use.
    if (typeof said === 'string' && !isDigest(said)) {
      discardBody(answer.body)
      parseDigest(said)
    }
    const bytes = await readBody(answer.body, { limit: expected.size ?? MANIFEST_LIMIT, what: 'manifest', url: answer.url })
    const digest = check(repository, bytes, { ...(typeof said === 'string' ? { digest: parseDigest(said) } : {}) })
    check(repository, bytes, expected)
    const document = parseManifest(bytes, answer.headers['content-type'])
    if (expected.mediaType !== undefined && document.type !== expected.mediaType) {
      throw new RegistryError(
        'InvalidParameter',
        `pull '${repository.name}': its index says '${expected.mediaType}', the manifest '${document.type}'`,
        {
          code: 'confused-manifest',
        },
      )
    }
    return { document, bytes, digest }
  })
}

function check({ name, endpoint }: Repository, bytes: Buffer, expected: Expected): Digest {
  const digest = parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)
  const wrong = (why: string) =>
    new RegistryError('InvalidParameter', `pull '${name}': registry ${endpoint.host} gave other content than it named (${why})`, {
      code: 'digest-mismatch',
    })
  if (expected.size !== undefined && bytes.length !== expected.size) throw wrong(`${bytes.length} bytes, not ${expected.size}`)
  if (expected.digest !== undefined && expected.digest !== digest) throw wrong(`${digest}, not ${expected.digest}`)
  return digest
}
