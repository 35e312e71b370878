import { constants } from 'node:os'
import { pathArgument } from '../../archive/unpack/file-calls.ts'
import { tryCall } from '../../linux/call.ts'
import type { FileRequests } from '../requests.ts'
import { copyTo, intoItself, isWithin } from './copy.ts'
import { done } from './failure.ts'
import { typeOf } from './look.ts'
import { find, look, refuseRoot } from './place.ts'
import { removeTree } from './remove.ts'
import { renameNew } from './stage.ts'
import type { Work } from './work.ts'

const { EEXIST, ENOTEMPTY, EXDEV } = constants.errno

/**
 * Renames what lies at `from`, itself when it is a link. To another file system, and folders that are an image's (which overlayfs renames
 * for nobody), it goes as mv does it: copied, then deleted.
 * Errors: those of `failure`, `folder-into-itself`, `too-deep`.
 */
export function* rename({ from, to, overwrite }: FileRequests['rename']): Work<void> {
  using source = find(from, 'rename')
  using target = find(to, 'rename to')
  refuseRoot(source)
  refuseRoot(target)
  const found = look(source)
  if (typeOf(found) === 'folder' && isWithin(target.folder, found)) throw intoItself(source)
  const names = [source.folder, pathArgument(source.name), target.folder, pathArgument(target.name)] as const
  const renamed = overwrite ? tryCall('renameat2', [...names, 0]) : renameNew(source, target)
  if (renamed !== -EXDEV) {
    // Some file systems call a folder that is not empty one that exists.
    done(overwrite && renamed === -EEXIST ? -ENOTEMPTY : renamed, target.verb, to)
    return
  }
  // A mount itself is not to be moved, nor what is mounted in a folder.
  if (found.isMount) done(-EXDEV, source.verb, from)
  yield* copyTo(source, target, { overwrite, mounts: 'refused' })
  yield* removeTree(source)
}
