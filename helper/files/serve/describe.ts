/** What is told of a file. */
import { closeSync } from 'node:fs'
import type { FileStat } from '../../api/files.ts'
import { pathArgument } from '../../archive/unpack/file-calls.ts'
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import { nameOf } from '../names.ts'
import { type Found, lookAtOpen, milliseconds, typeOf } from './look.ts'
import { look, openWith, type Place, readLink, tryOpen } from './place.ts'

/** How the place's files are shown. */
export interface Shown {
  /** One layer alone: overlayfs's marks are told. */
  readonly isLayer: boolean
}

/** The FileStat of what lies at a place. Errors: those of `failure`. */
export function describePlace(place: Place, shown: Shown): FileStat {
  return describeFound(place, look(place), shown)
}

/** The FileStat of what was found at a place. Errors: those of `failure`. */
export function describeFound(place: Place, found: Found, shown: Shown): FileStat {
  return { ...describe(place, found, shown), isReadOnly: found.isImmutable || isMountReadOnly(place, found) }
}

/** As `describeFound`, but for what the mount says. */
export function describe(place: Place, found: Found, { isLayer }: Shown): Omit<FileStat, 'isReadOnly'> {
  const kind = typeOf(found)
  return {
    kind,
    ...(kind === 'link' ? describeLink(place) : {}),
    size: found.size,
    mode: found.mode & 0o7777,
    uid: found.uid,
    gid: found.gid,
    modified: milliseconds(found.modified),
    changed: milliseconds(found.changed),
    ...(isLayer ? markOf(place, found) : {}),
  }
}

function describeLink(place: Place): Pick<FileStat, 'target' | 'link'> {
  const link = linkText(place)
  const opened = openWith({ start: place.folder, path: place.name, flags: linux.O_PATH, resolve: linux.RESOLVE_NO_MAGICLINKS })
  if (opened < 0) return link
  const found = lookAtOpen(opened)
  closeSync(opened)
  if (typeof found === 'number') return link
  const target = typeOf(found)
  return target === 'link' ? link : { ...link, target }
}

/** Nothing for those of /proc that are another process's own. */
function linkText(place: Place): Pick<FileStat, 'link'> {
  try {
    return { link: nameOf(readLink(place)) }
  } catch {
    // It may also have vanished just now.
    return {}
  }
}

const STATFS_SIZE = 120
const FLAGS = 80
const ST_RDONLY = 1
const statfs = Buffer.alloc(STATFS_SIZE)

/** Whether the mount that it lies on, or its file system, is read-only. */
export function isMountReadOnly(place: Place, found: Found): boolean {
  const opened = found.isMount ? tryOpen(place, linux.O_PATH) : place.folder
  if (opened < 0) return false
  const result = tryCall('fstatfs', [opened, statfs])
  if (opened !== place.folder) closeSync(opened)
  return result >= 0 && (statfs.readUInt32LE(FLAGS) & ST_RDONLY) !== 0
}

const OPAQUE = 'trusted.overlay.opaque'
const value = Buffer.alloc(16)

/** Overlayfs notes a deleted name as a character device 0:0, and a folder that hides the one below it by an attribute. */
function markOf({ folder, name }: Place, { mode, device }: Found): Pick<FileStat, 'layer'> {
  const type = mode & linux.S_IFMT
  if (type === linux.S_IFCHR && device.major === 0 && device.minor === 0) return { layer: 'deletes' }
  if (type !== linux.S_IFDIR) return {}
  // By the number of the descriptor: the current folder is that of this process's own.
  const length = tryCall('lgetxattr', [pathArgument(`${folder}/${name}`), OPAQUE, value, value.length])
  return length === 1 && value[0] === 'y'.charCodeAt(0) ? { layer: 'replaces' } : {}
}
