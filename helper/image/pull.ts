/** `docker pull`: an image, or all images of a repository, from a registry into the stores. */
import type { Progress, TransferOptions } from '../http/backend.ts'
import type { ImageContext } from './context.ts'
import { checkCancelled, startWork } from './load-work.ts'
import { pullOne } from './pull-one.ts'
import { familiarName, parseReference } from './reference.ts'
import { listTags } from './registry/list-tags.ts'
import type { Registries } from './registry/registries.ts'
import { openRepositories } from './registry/repository.ts'

/**
 * Pulls what `reference` names; a bare name means all tags of the repository. Resolves when the registry has answered for the first
 * manifest. A pull that fails or is cancelled leaves nothing: no tag, no blob, no layer that no image needs.
 * Errors: `bad-reference`, `bad-digest`; those of `pullOne` and `listTags`.
 */
export function pullImage(context: ImageContext, registries: Registries, reference: string, options: TransferOptions): Promise<Progress> {
  return startWork(options.signal, async (say, signal) => {
    const asked = parseReference(reference)
    if (asked.tag !== undefined || asked.digest !== undefined) {
      await pullOne(context, registries, { ...options, signal, say, reference: asked })
      return
    }
    const tags = await listTags(openRepositories(registries, asked, { auth: options.auth, verb: 'pull' }), signal)
    let isNewer = false
    for (const tag of tags) {
      checkCancelled(signal, `pull '${familiarName(asked)}'`)
      const { isNew } = await pullOne(context, registries, { ...options, signal, say, reference: { ...asked, tag }, isOneOfMany: true })
      isNewer ||= isNew
    }
    say({ status: `Status: ${isNewer ? 'Downloaded newer image' : 'Image is up to date'} for ${familiarName(asked)}` })
  })
}
