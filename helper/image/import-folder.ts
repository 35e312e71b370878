/** A plain unpacked folder as an image: used where it lies, as the lower layer of its containers, and never written to. */
import { createHash } from 'node:crypto'
import { realpathSync, statSync } from 'node:fs'
import { PockerError } from '../api/errors.ts'
import type { ImageConfig } from '../api/image.ts'
import { isWithin } from '../container/spec/container-path.ts'
import type { ImageRecord } from './records.ts'

/** What runs when nobody says: a folder has no configuration of its own. */
export const folderConfig: ImageConfig = {
  Cmd: ['/bin/sh'],
  Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
}

/**
 * The record of the folder at the absolute path `folder`, with no tags. The same folder always has the same ID.
 * Errors: `bad-image-folder`.
 */
export function importFolder(folder: string, options: { readonly dataRoot: string; readonly now: number }): ImageRecord {
  const layer = checkFolder(folder, options.dataRoot)
  const { dev, ino } = statSync(layer, { bigint: true })
  const identity = JSON.stringify({ layer, dev: String(dev), ino: String(ino), config: folderConfig })
  return {
    id: `sha256:${createHash('sha256').update(identity).digest('hex')}`,
    tags: [],
    created: options.now,
    config: folderConfig,
    layers: [layer],
    mounts: [],
    origin: 'folder',
  }
}

/**
 * The real path of a folder that can be a layer.
 * Errors: `bad-image-folder`.
 */
export function checkFolder(folder: string, dataRoot: string): string {
  if (!folder.startsWith('/')) throw bad(folder, 'its path must be absolute')
  if (folder.includes('\0')) throw bad(folder, 'its path holds a NUL character')
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) throw bad(folder, 'it does not exist')
  if (!stats.isDirectory()) throw bad(folder, 'it is not a folder')
  const real = realpathSync(folder)
  if (real === '/') throw bad(folder, "the host's own root would show everything", "the image 'host' is this machine's programs alone")
  // A layer that holds the containers' own folders would be above and below itself in their overlays.
  if (isWithin(real, dataRoot) || isWithin(dataRoot, real)) throw bad(folder, "it holds or belongs to the helper's own data")
  return real
}

function bad(folder: string, why: string, hint?: string): PockerError {
  return new PockerError('InvalidParameter', `import folder '${folder}': ${why}`, {
    code: 'bad-image-folder',
    ...(hint === undefined ? {} : { hint }),
  })
}
