/** Whole trees into archives, in the archive process: `docker export`, and layers. */
import { openFolder } from '../linux/beneath.ts'
import { CAP_SYS_ADMIN, restrict } from './confine.ts'
import { enterFolder, enterRoot, enterRootMount } from './enter-root.ts'
import { packEntriesTo } from './pack-entry.ts'
import { layerEntriesTo } from './pack-layer-entry.ts'
import { packTo } from './pack-output.ts'
import { receiveView } from './root-view.ts'
import { walkTree } from './walk-tree.ts'

const STDOUT = 1

/** The root's files, without the root itself. Fields: `root`. Errors: PockerError. */
export function packRootJob(job: Readonly<Record<string, unknown>>): void {
  const view = receiveView(job.root)
  if ('process' in view) enterRootMount(view.process)
  else enterRoot('layers' in view ? { ...view, mounts: [] } : view, 'read')
  restrict()
  const output = packTo(STDOUT)
  const entries = packEntriesTo(output)
  walkTree(openFolder('/'), ({ name, path, stats }) => entries.add(name, Buffer.from(path, 'latin1'), stats))
  output.end()
}

/** The changes that a folder of overlayfs's holds. Fields: `folder`. Errors: PockerError. */
export function packLayerJob(job: Readonly<Record<string, unknown>>): void {
  enterFolder(String(job.folder), 'read')
  // Overlayfs's marks are `trusted.` attributes, which nobody else may read.
  restrict({ capabilities: [CAP_SYS_ADMIN] })
  const output = packTo(STDOUT)
  const entries = layerEntriesTo(output)
  walkTree(openFolder('/'), ({ name, path, stats }) => entries.add(name, Buffer.from(path, 'latin1'), stats))
  output.end()
}
