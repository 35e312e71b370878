import { closeSync } from 'node:fs'
import type { FileEntry, FileList } from '../../api/files.ts'
import { linux } from '../../linux/constants.ts'
import { nameOf } from '../names.ts'
import { describe, isMountReadOnly, type Shown } from './describe.ts'
import { done } from './failure.ts'
import { type Found, lookIn } from './look.ts'
import { namesIn } from './names-in.ts'
import { findThrough, type Place, tryOpen } from './place.ts'
import type { Outcome, Work } from './work.ts'

const VERB = 'list folder'
const MAX_ENTRIES = 20_000
/** Entries between two steps: some milliseconds. */
const STEP = 500

/** A folder's entries, the payload a FileList: the helper passes it on as it is. Errors: those of `failure`. */
export function* list({ path }: { path: string }, shown: Shown): Work<Outcome<null>> {
  using place = findThrough(path, VERB)
  const folder = done(tryOpen(place, linux.O_RDONLY | linux.O_DIRECTORY | linux.O_NOATIME), VERB, path)
  try {
    const entries: FileEntry[] = []
    const isReadOnly = mountsSeen()
    let isCut = false
    for (const name of namesIn(folder, VERB, path)) {
      if (entries.length % STEP === STEP - 1) yield
      isCut = entries.length === MAX_ENTRIES
      if (isCut) break
      const entry = describeEntry({ ...place, folder, name }, shown, isReadOnly)
      if (entry !== undefined) entries.push(entry)
    }
    entries.sort((one, other) => (one.name < other.name ? -1 : 1))
    const result: FileList = { entries, isCut }
    return { result: null, payload: Buffer.from(JSON.stringify(result)) }
  } finally {
    closeSync(folder)
  }
}

/** Undefined for what has vanished. What cannot be looked at, such as a mount whose server is gone, is listed as what it may be. */
function describeEntry(place: Place, shown: Shown, isReadOnly: (place: Place, found: Found) => boolean): FileEntry | undefined {
  const found = lookIn(place.folder, place.name)
  const name = nameOf(place.name)
  if (found === undefined) return undefined
  if (typeof found === 'number') return { name, kind: 'other', size: 0, mode: 0, uid: 0, gid: 0, modified: 0, changed: 0, isReadOnly: true }
  return { name, ...describe(place, found, shown), isReadOnly: found.isImmutable || isReadOnly(place, found) }
}

/** Asks once for each mount: nearly all entries lie on the folder's own. */
function mountsSeen(): (place: Place, found: Found) => boolean {
  const known = new Map<number, boolean>()
  return (place, found) => {
    const answer = known.get(found.mount) ?? isMountReadOnly(place, found)
    known.set(found.mount, answer)
    return answer
  }
}
