/** `docker cp` in, in the archive process. */
import { openFolder } from '../linux/beneath.ts'
import { restrict } from './confine.ts'
import { enterRoot } from './enter-root.ts'
import { receiveView } from './root-view.ts'
import { pipeSource } from './unpack/byte-source.ts'
import { Budget } from './unpack/limits.ts'
import { TreeWriter } from './unpack/tree-writer.ts'
import { unpackArchive } from './unpack/unpack-archive.ts'
import { findTarget } from './write-path-target.ts'

const STDIN = 0

/** Fields: `root`, `path`, `noOverwriteDirNonDir`, `copyUidGid`. The archive is descriptor 0. Errors: PockerError. */
export async function writePathJob(job: Readonly<Record<string, unknown>>): Promise<void> {
  const view = receiveView(job.root)
  enterRoot(view, 'write')
  restrict()
  const root = findTarget(openFolder('/'), String(job.path))
  const budget = new Budget({})
  const writer = new TreeWriter({
    root,
    rules: {
      whiteouts: 'plain',
      owners: job.copyUidGid === true ? 'archive' : 'root',
      replaces: job.noOverwriteDirNonDir === true ? 'same-kind' : 'anything',
      // An absolute link in a container means the container's root, wherever the archive goes.
      links: 'process',
      // A volume that is filled becomes what the image's folder is; what is copied into a container's folder leaves that as it is.
      root: 'folder' in view ? 'archive' : 'as-it-is',
    },
    budget,
  })
  await unpackArchive(pipeSource(STDIN), { writer, budget, hash: 'none' })
}
