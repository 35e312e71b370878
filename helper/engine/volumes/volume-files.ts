/** The files of a volume, whether any container has it or not. */
import type { FileServer } from '../../files/file-server.ts'
import type { EngineContext } from '../context.ts'

/** Whom its files belong to, for those who end what serves them. */
export function ownerOfVolume(name: string): string {
  return `volume ${name}`
}

/** Whether the owner is a volume: neither a container's nor an image's ID holds a space. */
export function isVolume(owner: string): boolean {
  return owner.startsWith('volume ')
}

/**
 * The process that serves them. Links in a volume lead to what is in the volume: where it will be mounted is not known.
 * Errors: NotFound `no-such-volume`; those of mounting what its options name.
 */
export async function serverOfVolume(context: EngineContext, name: string): Promise<FileServer> {
  const { files, volumes, mountedVolumes } = context
  const volume = volumes.get(name)
  const owner = ownerOfVolume(name)
  const found = files.find(owner, 'write')
  if (found !== undefined) return found
  const holder = {}
  await mountedVolumes.hold(volume, holder)
  // Somebody else may have come first, or taken it away, while it was being mounted.
  const meanwhile = files.find(owner, 'write')
  if (meanwhile !== undefined || volumes.find(name) !== volume) {
    mountedVolumes.release(name, holder)
    return meanwhile ?? serverOfVolume(context, name)
  }
  return files.start({
    key: owner,
    owner,
    root: { folder: volume.data },
    access: 'write',
    onGone: () => mountedVolumes.release(name, holder),
  })
}
