/** What an image's configuration must say before anything of it is downloaded. */
import { PockerError } from '../api/errors.ts'
import type { Platform } from '../http/backend.ts'
import type { Digest } from './digest.ts'
import { parseImageConfig } from './image-config.ts'
import type { Say } from './load-work.ts'
import { familiarReference, type Reference } from './reference.ts'
import type { Manifest } from './registry/manifest.ts'
import { fromIndex, matches, platformText } from './registry/platform.ts'

/**
 * The layers' diff IDs. Warns when the image is for another processor than was wanted: an image without an index leaves no choice, and
 * `docker pull` takes it too. [moby: daemon/images/image_pull.go]
 * Errors: those of `parseImageConfig`; InvalidParameter `layer-count`, `foreign-system`.
 */
export function checkPulledConfig(
  bytes: Uint8Array,
  manifest: Manifest,
  { reference, wanted, say }: { readonly reference: Reference; readonly wanted: Platform; readonly say: Say },
): readonly Digest[] {
  const file = parseImageConfig(bytes)
  const name = familiarReference(reference)
  const { diff_ids: diffIds } = file.rootfs
  if (diffIds.length !== manifest.layers.length) {
    const counts = `its configuration has ${diffIds.length} layers, its manifest ${manifest.layers.length}`
    throw new PockerError('InvalidParameter', `pull '${name}': ${counts}`, { code: 'layer-count' })
  }
  const { os = '', architecture = '', variant } = file
  const offered = fromIndex({ os, architecture, variant })
  if (os !== '' && os.toLowerCase() !== 'linux') {
    throw new PockerError('InvalidParameter', `pull '${name}': it is for ${platformText(offered)}, and this is Linux`, {
      code: 'foreign-system',
    })
  }
  if (architecture !== '' && !matches(wanted, { ...offered, os: 'linux' })) {
    const platforms = `its platform (${platformText(offered)}) does not match the specified platform (${platformText(wanted)})`
    say({ status: `WARNING: image with reference ${name} was found but ${platforms}` })
  }
  return diffIds
}
