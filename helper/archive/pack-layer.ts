import type { PackLayer } from './archive.ts'
import { startPackJob } from './pack-stream.ts'

/**
 * A layer's folder, or a container's upper one, as a layer archive: uncompressed, sorted, overlayfs's whiteouts as `.wh.` files. The archive
 * ends with an error when the reading fails (PockerError `unreadable-file`, `archive-too-deep`, Conflict `layer-not-portable` and
 * `whiteout-name`, Cancelled).
 */
export const packLayer: PackLayer = async (folder, { signal }) => {
  return startPackJob({ kind: 'pack-layer', folder }, { signal }).archive
}
