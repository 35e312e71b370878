/** Deleting files and folders. No link is followed, and nothing is deleted that is mounted there. */
import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { PockerError } from '../../api/errors.ts'
import { pathArgument } from '../../archive/unpack/file-calls.ts'
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import type { FileRequests } from '../requests.ts'
import { done, failure } from './failure.ts'
import { namesIn } from './names-in.ts'
import { find, openWith, type Place, refuseRoot } from './place.ts'
import type { Work } from './work.ts'

const { EISDIR, ENOENT, ENOTEMPTY } = constants.errno
/** Each level holds a descriptor. */
export const MAX_DEPTH = 900
/** Names that are held at a time: deleting while reading makes some file systems leave names out. */
const BATCH = 100_000
/** Somebody who makes new ones all the time would otherwise keep us here. */
const MAX_PASSES = 1000
/** Files between two steps: some milliseconds. */
const STEP = 100

/** Errors: those of `failure`, `too-deep`. What has been deleted before an error stays so. */
export function* remove({ path, recursive }: FileRequests['remove']): Work<void> {
  using place = find(path, 'delete')
  refuseRoot(place)
  const removed = unlink(place)
  if (removed >= 0) return
  if (removed !== -EISDIR) throw failure(place.verb, path, -removed)
  if (recursive) yield* removeFolder(place)
  else done(removeEmpty(place), place.verb, path)
}

/** Deletes what lies at a place with all that is in it. Errors: as of `remove`. */
export function* removeTree(place: Place): Work<void> {
  const removed = unlink(place)
  if (removed === -EISDIR) yield* removeFolder(place)
  else if (removed !== -ENOENT) done(removed, place.verb, place.path)
}

function unlink({ folder, name }: Place): number {
  return tryCall('unlinkat', [folder, pathArgument(name), 0])
}

function removeEmpty({ folder, name }: Place): number {
  return tryCall('unlinkat', [folder, pathArgument(name), linux.AT_REMOVEDIR])
}

function* removeFolder(place: Place, depth = 0): Work<void> {
  const { folder, name, path, verb } = place
  if (depth > MAX_DEPTH) throw tooDeep(verb, path)
  const resolve = linux.RESOLVE_BENEATH | linux.RESOLVE_NO_SYMLINKS | linux.RESOLVE_NO_MAGICLINKS | linux.RESOLVE_NO_XDEV
  const flags = linux.O_RDONLY | linux.O_DIRECTORY | linux.O_NOATIME
  const inner = done(openWith({ start: folder, path: name, flags, resolve }), verb, path)
  try {
    for (let pass = 0; (yield* removeSome({ ...place, folder: inner }, depth)) > 0; pass++) {
      if (pass === MAX_PASSES) throw failure(verb, path, ENOTEMPTY)
      done(tryCall('lseek', [inner, 0, linux.SEEK_SET]), verb, path)
    }
  } finally {
    closeSync(inner)
  }
  done(removeEmpty(place), verb, path)
}

/** How many there were. */
function* removeSome(inner: Place, depth: number): Work<number> {
  const names: string[] = []
  for (const name of namesIn(inner.folder, inner.verb, inner.path)) if (names.push(name) === BATCH) break
  for (const [index, name] of names.entries()) {
    if (index % STEP === 0) yield
    const entry = { ...inner, name }
    const removed = unlink(entry)
    if (removed === -EISDIR) yield* removeFolder(entry, depth + 1)
    else if (removed !== -ENOENT) done(removed, inner.verb, inner.path)
  }
  return names.length
}

/** The refusal of folders in folders without end. */
export function tooDeep(verb: string, path: string): PockerError {
  return new PockerError('InvalidParameter', `${verb} '${path}': more than ${MAX_DEPTH} folders lie in each other`, { code: 'too-deep' })
}
