import type { PackRoot } from './archive.ts'
import { startPackJob } from './pack-stream.ts'
import { sendView } from './root-view.ts'

/**
 * `docker export`: all files of a root as a tar, without what is mounted in it. A running container is best named by its process: its
 * root is then read as the container itself sees it. The archive ends with an error when the reading fails (PockerError
 * `unreadable-file`, `archive-too-deep`, Conflict `container-not-running`, Cancelled).
 */
export const packRoot: PackRoot = async (root, { signal }) => {
  const view = sendView(root)
  return startPackJob({ kind: 'pack-root', root: view.root }, { extraFds: view.extraFds, signal }).archive
}
