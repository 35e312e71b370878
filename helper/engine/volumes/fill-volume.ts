/** A volume that is empty gets what the image has at its place, as Docker does: databases count on the owner and mode of theirs. */
import { chmodSync, chownSync, existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PockerError } from '../../api/errors.ts'
import { readPath } from '../../archive/read-path.ts'
import { writePath } from '../../archive/write-path.ts'
import type { ContainerMount } from '../../container/spec/container-mount.ts'
import { isEmptyFolder, lookInLayers } from '../files/look-in-layers.ts'

/** A volume whose content has to be copied. */
export interface VolumeToFill {
  /** Its folder on the host. */
  readonly folder: string
  /** Absolute, in the image. */
  readonly path: string
  /** Its data lies elsewhere, where somebody else may write: nothing that is found there is taken for the helper's unfinished work. */
  readonly isDevice: boolean
}

/** Beside a volume's folder while it is being filled: should the helper be killed meanwhile, what is there is not the user's. */
const UNFINISHED = 'unfinished'

/**
 * Gives empty volumes the owner and mode of the image's folder; those whose folder has content in the image are returned, as they take a
 * process to fill. Volumes whose place the image does not have stay as they are.
 */
export function beginFilling(
  mounts: readonly ContainerMount[],
  layers: readonly string[],
  isDeviceName: (volume: string) => boolean,
): VolumeToFill[] {
  const toFill: VolumeToFill[] = []
  for (const { fill, mount, point } of mounts) {
    if (fill !== true) continue
    const isDevice = isDeviceName(point?.Name ?? '')
    if (!wantsContent({ folder: mount.source, isDevice })) continue
    const found = lookInLayers(layers, mount.destination)
    if (found.there === 'something') toFill.push({ folder: mount.source, path: mount.destination, isDevice })
    if (found.there !== 'empty-folder') continue
    const { uid, gid, mode, atime, mtime } = found.stats
    chownSync(mount.source, uid, gid)
    chmodSync(mount.source, mode & 0o7777)
    utimesSync(mount.source, atime, mtime)
  }
  return toFill
}

/**
 * Copies the image's content into a volume. One at a time for each volume. After an error the volume is empty.
 * Errors: those of `readPath` and `writePath`.
 */
export async function fillVolume({ folder, path, isDevice }: VolumeToFill, layers: readonly string[]): Promise<void> {
  if (!wantsContent({ folder, isDevice })) return
  const mark = markOf(folder)
  if (!isDevice) {
    writeFileSync(mark, '')
    empty(folder)
  }
  try {
    // With `/.` it is what the folder has, and links on the way are followed within the image.
    const { archive } = await readPath({ layers }, join(path, '/').concat('.'), {})
    await writePath({ folder }, '/', { archive, noOverwriteDirNonDir: false, copyUidGid: true })
  } catch (error) {
    if (!isDevice) empty(folder)
    // A file or a link that leads nowhere is mounted over, and nothing of it can be in a folder.
    if (!(error instanceof PockerError && error.code === 'path-missing')) throw error
  } finally {
    rmSync(mark, { force: true })
  }
}

function wantsContent({ folder, isDevice }: Pick<VolumeToFill, 'folder' | 'isDevice'>): boolean {
  return (!isDevice && existsSync(markOf(folder))) || isEmptyFolder(folder)
}

function markOf(folder: string): string {
  return join(dirname(folder), UNFINISHED)
}

function empty(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true })
}
