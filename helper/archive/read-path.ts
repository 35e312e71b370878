import type { PathStat, ReadPath } from './archive.ts'
import { startPackJob } from './pack-stream.ts'
import { sendView } from './root-view.ts'
import { receiveStat } from './stat-path.ts'

/**
 * `docker cp` out: what lies at `path` as a tar, the first entry of which is the path's last part, a symlink itself unless a slash follows
 * it. The archive ends with an error when the reading fails.
 * Errors: PockerError NotFound `path-missing`, InvalidParameter `path-unusable`, Conflict `container-not-running`, Cancelled.
 */
export const readPath: ReadPath = async (root, path, { signal }) => {
  const view = sendView(root)
  const { facts, archive } = startPackJob({ kind: 'read-path', root: view.root, path }, { extraFds: view.extraFds, signal })
  let stat: PathStat
  try {
    stat = receiveStat(await facts)
  } catch (error) {
    // It ends with this error, which is now thrown.
    archive.on('error', () => undefined).destroy()
    throw error
  }
  return { stat, archive }
}
