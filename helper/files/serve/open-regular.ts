/** Opening a file that nobody is trusted with: first without opening it, to see what it is, and then that same one. */
import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import { done, failure } from './failure.ts'
import { type Found, lookAtOpen, typeOf } from './look.ts'
import { type Place, tryOpen } from './place.ts'

const { EISDIR, ELOOP, ENXIO } = constants.errno

/** A descriptor of the regular file at a place. The caller closes it. Errors: those of `failure`. */
export function openRegular(place: Place, flags: number): number {
  const seen = done(tryOpen(place, linux.O_PATH), place.verb, place.path)
  try {
    checkRegular(place, lookAtOpen(seen))
    return done(reopen(seen, flags), place.verb, place.path)
  } finally {
    closeSync(seen)
  }
}

/** Refuses what is no regular file. Errors: InvalidParameter `is-a-folder`, `not-a-file`; those of `failure`. */
export function checkRegular({ verb, path }: Place, found: Found | number): Found {
  if (typeof found === 'number') throw failure(verb, path, -found)
  const type = typeOf(found)
  if (type === 'file') return found
  // It was no link a moment ago.
  throw failure(verb, path, type === 'folder' ? EISDIR : type === 'link' ? ELOOP : ENXIO)
}

/** What a descriptor of O_PATH is of, opened for real; the negative errno when it cannot be. */
export function reopen(seen: number, flags: number): number {
  // The current folder is that of this process's own descriptors, each of which is a link to what it is of.
  return tryCall('openat', [linux.AT_FDCWD, String(seen), flags | linux.O_NOCTTY | linux.O_CLOEXEC, 0])
}
