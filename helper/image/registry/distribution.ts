import { PockerError } from '../../api/errors.ts'
import type { DistributionInspect } from '../../api/image.ts'
import type { RegistryAuth } from '../../api/registry-auth.ts'
import { parseImageConfig } from '../image-config.ts'
import { parseReference, withDefaultTag } from '../reference.ts'
import { type FetchedManifest, fetchConfig, fetchManifest } from './fetch-manifest.ts'
import { fromFirst } from './from-first.ts'
import { fromIndex } from './platform.ts'
import type { Registries } from './registries.ts'
import { openRepositories, type Repository } from './repository.ts'

/** Milliseconds: the client does not say when it has gone. */
const TIMEOUT = 60_000

/** What a registry has under a name, without pulling it. Errors: `bad-reference`; those of `fetchManifest` and `fetchConfig`. */
export async function inspectDistribution(
  registries: Registries,
  name: string,
  auth: RegistryAuth | undefined,
): Promise<DistributionInspect> {
  const reference = withDefaultTag(parseReference(name))
  const signal = AbortSignal.timeout(TIMEOUT)
  const repositories = openRepositories(registries, reference, { auth, verb: 'pull' })
  const { result } = await fromFirst(repositories, async (repository) => {
    const fetched = await fetchManifest(repository, reference, signal)
    return { fetched, Platforms: await platformsOf(repository, fetched, signal) }
  })
  const { document, bytes, digest } = result.fetched
  return { Descriptor: { mediaType: document.type, digest, size: bytes.length }, Platforms: result.Platforms }
}

async function platformsOf(
  repository: Repository,
  { document }: FetchedManifest,
  signal: AbortSignal,
): Promise<DistributionInspect['Platforms']> {
  if (document.kind === 'index') return document.manifests.flatMap(({ platform }) => (platform === undefined ? [] : [fromIndex(platform)]))
  const { os, architecture, variant } = parseImageConfig(await fetchConfig(repository, document.config, signal))
  if (os === undefined || architecture === undefined) {
    throw new PockerError('InvalidParameter', `inspect '${repository.name}': its configuration does not say for what platform it is`, {
      code: 'bad-image-config',
    })
  }
  return [fromIndex({ os, architecture, variant })]
}
