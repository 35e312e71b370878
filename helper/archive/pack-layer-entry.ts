/** Overlayfs's way of saying what was deleted, in the words of image layers: files named `.wh.…`. */
import type { BigIntStats } from 'node:fs'
import { PockerError } from '../api/errors.ts'
import { type EntryPacker, packEntriesTo } from './pack-entry.ts'
import type { PackOutput } from './pack-output.ts'
import { readAttribute } from './pack-xattrs.ts'
import { tarHeader } from './tar-write.ts'

const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'

/**
 * As `packEntriesTo`, with whiteouts and opaque folders translated. Errors: also PockerError Conflict `layer-not-portable` for what is only
 * a reference into the layers below, and `whiteout-name` for a file that would delete another one wherever the layer is unpacked.
 */
export function layerEntriesTo(output: PackOutput): EntryPacker {
  const entries = packEntriesTo(output)

  const addMark = (path: string, stats: BigIntStats) => {
    const owner = { uid: Number(stats.uid), gid: Number(stats.gid), mtime: stats.mtimeNs }
    output.header(tarHeader({ ...owner, name: Buffer.from(path, 'latin1'), kind: 'file', mode: 0o600, size: 0 }))
  }

  const add = (name: Buffer, path: Buffer, stats: BigIntStats) => {
    const called = name.toString('latin1')
    if (called.startsWith(WHITEOUT)) {
      throw new PockerError('Conflict', `pack layer: '${path}' would be taken for the mark of a deleted file`, { code: 'whiteout-name' })
    }
    if (stats.isCharacterDevice() && stats.rdev === 0n) {
      const full = path.toString('latin1')
      addMark(`${full.slice(0, full.length - called.length)}${WHITEOUT}${called}`, stats)
      return
    }
    if (stats.isFile() || stats.isDirectory()) refuseReferences(name, path)
    entries.add(name, path, stats)
    if (stats.isDirectory() && readAttribute(name, 'trusted.overlay.opaque') === 'y') addMark(`${path.toString('latin1')}/${OPAQUE}`, stats)
  }
  return { add }
}

/** Pocker never asks overlayfs for these, but a kernel may be built to make them unasked. */
function refuseReferences(name: Buffer, path: Buffer): void {
  for (const mark of ['redirect', 'metacopy']) {
    if (readAttribute(name, `trusted.overlay.${mark}`) === undefined) continue
    throw new PockerError('Conflict', `pack layer: '${path}' refers to a layer below it (overlayfs ${mark})`, {
      code: 'layer-not-portable',
    })
  }
}
