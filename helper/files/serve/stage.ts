/**
 * A file that is not there yet: its content is gathered where nobody sees it, and then it appears under its name at once. Until then it has
 * no name, so nothing is left of it whatever ends this process; only where the file system knows no such files it has a name of its own.
 */
import { randomBytes } from 'node:crypto'
import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { pathArgument } from '../../archive/unpack/file-calls.ts'
import { tryCall } from '../../linux/call.ts'
import { linux, O_TMPFILE } from '../../linux/constants.ts'
import { done, failure } from './failure.ts'
import { lookIn } from './look.ts'
import type { Place } from './place.ts'

const { EEXIST, EINVAL, EISDIR, ENOSYS, EOPNOTSUPP } = constants.errno
const UNKNOWN = new Set([-EOPNOTSUPP, -EISDIR, -EINVAL, -ENOSYS])
const O_RDWR = linux.O_RDWR | linux.O_CLOEXEC

/** Gone when it is disposed of, unless it has been put in place. */
export interface Stage extends Disposable {
  readonly file: number
  /** Gives it its name. `replaces`: what is not a folder may lie there. Errors: those of `failure`. */
  appear(options: { readonly replaces: boolean }): void
}

/** Begins a file at a place. Errors: those of `failure`. */
export function openStage(place: Place): Stage {
  const { folder, verb, path } = place
  const unnamed = tryCall('openat', [folder, '.', O_TMPFILE | O_RDWR, 0o600])
  if (unnamed >= 0) {
    return {
      file: unnamed,
      appear: ({ replaces }) =>
        appearAs(place, { replaces }, (name) =>
          tryCall('linkat', [linux.AT_FDCWD, String(unnamed), folder, pathArgument(name), linux.AT_SYMLINK_FOLLOW]),
        ),
      [Symbol.dispose]: () => closeSync(unnamed),
    }
  }
  if (!UNKNOWN.has(unnamed)) throw failure(verb, path, -unnamed)
  return openNamedStage(place)
}

/** As `openStage`, where the file system knows no files without a name. Errors: those of `failure`. */
export function openNamedStage(place: Place): Stage {
  const { folder, verb, path } = place
  const name = otherName()
  const flags = linux.O_CREAT | linux.O_EXCL | linux.O_NOFOLLOW
  const file = done(tryCall('openat', [folder, name, flags | O_RDWR, 0o600]), verb, path)
  return {
    file,
    appear: ({ replaces }) => done(replaces ? renameOver(place, name) : renameNew({ ...place, name }, place), verb, path),
    [Symbol.dispose]() {
      closeSync(file)
      // Nothing there is fine: it has been put in place.
      tryCall('unlinkat', [folder, name, 0])
    },
  }
}

/**
 * Has `make` make something under the place's name, or else under another one that then takes its place.
 * Errors: those of `failure`, `file-exists` unless it replaces.
 */
export function appearAs(place: Place, { replaces }: { replaces: boolean }, make: (name: string) => number): void {
  const { folder, verb, path } = place
  const made = make(place.name)
  if (made !== -EEXIST || !replaces) {
    done(made, verb, path)
    return
  }
  const name = otherName()
  done(make(name), verb, path)
  const renamed = renameOver(place, name)
  if (renamed >= 0) return
  tryCall('unlinkat', [folder, name, 0])
  throw failure(verb, path, -renamed)
}

function renameOver({ folder, name }: Place, from: string): number {
  return tryCall('renameat2', [folder, from, folder, pathArgument(name), 0])
}

/** renameat2(2) to a name that nothing has; the negative errno. */
export function renameNew(from: Place, to: Place): number {
  const words = [from.folder, pathArgument(from.name), to.folder, pathArgument(to.name)] as const
  const result = tryCall('renameat2', [...words, linux.RENAME_NOREPLACE])
  if (result !== -EINVAL && result !== -ENOSYS) return result
  // The file system does not know the flag, or one is to go into itself: the second call tells.
  return lookIn(to.folder, to.name) === undefined ? tryCall('renameat2', [...words, 0]) : -EEXIST
}

/** A name that nothing has, for the moment before the other is given. */
function otherName(): string {
  return `.pocker-${randomBytes(8).toString('hex')}`
}

/** Whether a name is of this kind: what happens to such a file is told as what happens to the one it becomes. */
export function isOtherName(name: string): boolean {
  return /^\.pocker-[0-9a-f]{16}$/.test(name)
}
