import { closeSync } from 'node:fs'
import { pathArgument } from '../../archive/unpack/file-calls.ts'
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import type { FileRequests } from '../requests.ts'
import { done } from './failure.ts'
import { find, look, type Place, refuseRoot, tryOpen } from './place.ts'

const VERB = 'make folder'
const FOLDER_MODE = 0o755

/** Makes a folder, which belongs to whom the one it lies in belongs to. The caller lets the place go. Errors: those of `failure`. */
export function makeFolder({ path, mode = FOLDER_MODE, uid, gid }: FileRequests['folder']): Place {
  const place = find(path, VERB)
  try {
    refuseRoot(place)
    const above = look({ ...place, name: '.' })
    // Nobody else's before it has its owner.
    done(tryCall('mkdirat', [place.folder, pathArgument(place.name), 0o700]), VERB, path)
    give(place, { mode, uid: uid ?? above.uid, gid: gid ?? above.gid })
    return place
  } catch (error) {
    place[Symbol.dispose]()
    throw error
  }
}

function give(place: Place, { mode, uid, gid }: { mode: number; uid: number; gid: number }): void {
  const folder = done(tryOpen(place, linux.O_RDONLY | linux.O_DIRECTORY), VERB, place.path)
  try {
    done(tryCall('fchown', [folder, uid, gid]), VERB, place.path)
    // A folder whose files get its group passes that on.
    const inherited = look({ ...place, folder, name: '.' }).mode & 0o2000
    done(tryCall('fchmod', [folder, mode | inherited]), VERB, place.path)
  } catch (error) {
    tryCall('unlinkat', [place.folder, pathArgument(place.name), linux.AT_REMOVEDIR])
    throw error
  } finally {
    closeSync(folder)
  }
}
