/**
 * Finding what a path means. Everything is held by descriptor from then on: a name in a folder, links of its own not followed, whoever
 * swaps it for one meanwhile. The process's root is the container's, so no link and no `..` leads to anything else; magic links of /proc,
 * which lead to wherever a process is, are refused.
 */
import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { posix } from 'node:path'
import { PockerError } from '../../api/errors.ts'
import { pathArgument } from '../../archive/unpack/file-calls.ts'
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import { bytesOf } from '../names.ts'
import { done, failure } from './failure.ts'
import { type Found, lookIn, tryLook, typeOf } from './look.ts'

/** A name in a folder, which is let go with it. */
export interface Place extends Disposable {
  /** A descriptor (O_PATH). */
  readonly folder: number
  /** A byte string; `.` for the folder itself. */
  readonly name: string
  /** As it was asked for. */
  readonly path: string
  /** What is done there, for errors. */
  readonly verb: string
}

const { EINVAL, ELOOP, ENOENT } = constants.errno
const MAX_LINKS = 40
const LINK_SIZE = 4096
const OPEN_HOW_SIZE = 24

/**
 * The place of an absolute path; links before its last part are followed.
 * Errors: InvalidParameter `path-unusable`, and those of `failure` for the folder it lies in.
 */
export function find(path: string, verb: string): Place {
  if (!path.startsWith('/') || path.includes('\0')) {
    throw new PockerError('InvalidParameter', `${verb} '${path}': a path begins with a slash and holds no NUL`, { code: 'path-unusable' })
  }
  return placeIn(linux.AT_FDCWD, bytesOf(posix.resolve('/', path)), { path, verb })
}

/** As `find`; a link as the last part is followed too, in the end to something that is none, or to nothing. */
export function findThrough(path: string, verb: string): Place {
  let place = find(path, verb)
  try {
    for (let links = 0; ; links++) {
      const found = lookIn(place.folder, place.name)
      if (found === undefined || typeof found === 'number' || typeOf(found) !== 'link') return place
      if (links === MAX_LINKS) throw failure(verb, path, ELOOP)
      checkMayFollow(place, found)
      const next = placeIn(place.folder, readLink(place), place)
      place[Symbol.dispose]()
      place = next
    }
  } catch (error) {
    place[Symbol.dispose]()
    throw error
  }
}

function placeIn(start: number, bytes: string, { path, verb }: { path: string; verb: string }): Place {
  const { dir, base } = posix.parse(bytes)
  const isFolder = bytes.endsWith('/') || base === '' || base === '.' || base === '..'
  const folder = done(openFolder(start, isFolder ? bytes : dir || '.'), verb, path)
  return { folder, name: isFolder ? '.' : base, path, verb, [Symbol.dispose]: () => closeSync(folder) }
}

function openFolder(start: number, path: string): number {
  return openWith({ start, path, flags: linux.O_PATH | linux.O_DIRECTORY, resolve: linux.RESOLVE_NO_MAGICLINKS })
}

/**
 * openat2(2): `path` (a byte string) from the folder `start`, with the resolve flags. A descriptor that the caller closes, or the negative
 * errno.
 */
export function openWith(at: { start: number; path: string; flags: number; resolve: number }): number {
  const how = Buffer.alloc(OPEN_HOW_SIZE)
  how.writeBigUInt64LE(BigInt(at.flags | linux.O_CLOEXEC), 0)
  how.writeBigUInt64LE(BigInt(at.resolve), 16)
  return tryCall('openat2', [at.start, pathArgument(at.path), how, OPEN_HOW_SIZE])
}

/** openat(2) of the place itself, which is not followed when it is a link. A descriptor that the caller closes, or the negative errno. */
export function tryOpen({ folder, name }: Place, flags: number): number {
  return tryCall('openat', [folder, pathArgument(name), flags | linux.O_NOFOLLOW | linux.O_CLOEXEC, 0])
}

/** What lies at a place. Errors: those of `failure`, `no-such-file` too. */
export function look({ folder, name, path, verb }: Place): Found {
  const found = tryLook(folder, name)
  if (typeof found === 'number') throw failure(verb, path, -found)
  return found
}

/** As `look`, but undefined when there is nothing. */
export function lookForAny({ folder, name, path, verb }: Place): Found | undefined {
  const found = lookIn(folder, name)
  if (typeof found === 'number') throw failure(verb, path, -found)
  return found
}

/** A link's text, as a byte string. Errors: those of `failure`. */
export function readLink({ folder, name, path, verb }: Place): string {
  const target = Buffer.alloc(LINK_SIZE)
  const length = tryCall('readlinkat', [folder, pathArgument(name), target, target.length])
  // It was a link a moment ago.
  if (length === -EINVAL) throw failure(verb, path, ENOENT)
  done(length, verb, path)
  return target.toString('latin1', 0, length)
}

/**
 * The rule of fs.protected_symlinks, which the kernel has for links that it follows itself: in a folder like /tmp a link of another user's
 * leads nowhere. Otherwise anyone in the container could have what is written to a file there go to a file of root's.
 * Errors: Forbidden `permission-denied`.
 */
function checkMayFollow(place: Place, link: Found): void {
  const STICKY_AND_WRITABLE = 0o1002
  const folder = look({ ...place, name: '.' })
  if ((folder.mode & STICKY_AND_WRITABLE) !== STICKY_AND_WRITABLE || link.uid === 0 || link.uid === folder.uid) return
  throw failure(place.verb, place.path, constants.errno.EACCES)
}

/** Refuses the container's root itself. Errors: Conflict `path-busy`. */
export function refuseRoot({ name, path, verb }: Place): void {
  if (name === '.') throw failure(verb, path, constants.errno.EBUSY)
}
