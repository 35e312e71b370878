/** Making an image known at a registry, when all its blobs are there. */
import type { Digest } from '../digest.ts'
import { discardBody } from './body.ts'
import { RegistryError } from './registry-error.ts'
import { ask, type Repository } from './repository.ts'
import { retrying } from './retry.ts'

export interface PutManifestOptions {
  readonly tag: string
  readonly bytes: Buffer
  /** Its media type. */
  readonly type: string
  /** Of the bytes. */
  readonly digest: Digest
  readonly signal: AbortSignal
}

/** Errors: Unavailable `digest-mismatch` when the registry has taken it for something else; those of `ask`. */
export function putManifest(repository: Repository, { tag, bytes, type, digest, signal }: PutManifestOptions): Promise<Digest> {
  const headers = { 'content-type': type, 'content-length': String(bytes.length) }
  return retrying({ signal, firstDelay: repository.registries.firstDelay }, async () => {
    const answer = await ask(repository, {
      method: 'PUT',
      target: `/manifests/${tag}`,
      headers,
      body: () => bytes,
      signal,
      accept: [200, 201, 202],
    })
    discardBody(answer.body)
    const said = answer.headers['docker-content-digest']
    if (said !== undefined && said !== digest) {
      throw new RegistryError(
        'Unavailable',
        `push '${repository.name}': registry ${repository.endpoint.host} has stored something else than ${digest}`,
        {
          code: 'digest-mismatch',
        },
      )
    }
    return digest
  })
}
