import type { WritePath } from './archive.ts'
import { runArchiveJob } from './process.ts'
import { sendView } from './root-view.ts'

/**
 * `docker cp` in: unpacks an archive (plain, gzip, zstd) into the folder `path` of a container. After an error what came before it is there.
 * Errors: PockerError NotFound `path-missing`; InvalidParameter `not-a-folder`, `path-unusable`, `wrong-kind`, `bad-archive`, `archive-…`;
 * Forbidden `read-only`; Conflict `path-busy`, `container-not-running`; Unavailable `no-space`; Cancelled; the archive stream's own.
 */
export const writePath: WritePath = async (root, path, { archive, noOverwriteDirNonDir, copyUidGid, signal }) => {
  const view = sendView(root)
  const job = { kind: 'write-path', root: view.root, path, noOverwriteDirNonDir, copyUidGid }
  await runArchiveJob(job, { stdin: archive, extraFds: view.extraFds, signal })
}
