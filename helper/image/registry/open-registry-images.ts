/** What the engine needs of registries, ready to be a part of its backend. */
import type { ImageBackend } from '../../http/backend.ts'
import type { ImageContext } from '../context.ts'
import { pullImage } from '../pull.ts'
import { pushImage } from '../push.ts'
import { inspectDistribution } from './distribution.ts'
import { logIn } from './login.ts'
import { openRegistries, type RegistriesOptions } from './registries.ts'
import { searchImages } from './search.ts'

export interface RegistryImages extends Pick<ImageBackend, 'pull' | 'push' | 'search' | 'distribution' | 'login'> {
  /** Closes all connections. */
  close(): void
}

/** Nothing is read or connected before it is needed. */
export function openRegistryImages(context: ImageContext, options: RegistriesOptions): RegistryImages {
  const registries = openRegistries(options)
  return {
    pull: (reference, transfer) => pullImage(context, registries, reference, transfer),
    push: (name, transfer) => pushImage(context, registries, name, transfer),
    search: (term, query) => searchImages(registries, term, query),
    distribution: (name, auth) => inspectDistribution(registries, name, auth),
    login: (auth) => logIn(registries, auth),
    close: registries.close,
  }
}
