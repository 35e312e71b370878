/** Writing files: the old one is there until the new one is whole. */
import { closeSync, writeSync } from 'node:fs'
import { constants } from 'node:os'
import { PockerError } from '../../api/errors.ts'
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import type { FileRequests, WantedOwner } from '../requests.ts'
import { dropAccessList, ownerOf, setOwnerOf } from './attributes.ts'
import { copyOver } from './copy-content.ts'
import { done, failure, nodeFailure } from './failure.ts'
import { type Found, lookAtOpen } from './look.ts'
import { checkRegular, reopen } from './open-regular.ts'
import { findThrough, look, lookForAny, type Place, refuseRoot, tryOpen } from './place.ts'
import { openScratch } from './scratch.ts'
import { openStage, type Stage } from './stage.ts'
import type { Work } from './work.ts'

const VERB = 'write file'
const FILE_MODE = 0o644
const FALLOC_FL_KEEP_SIZE = 1
const { EEXIST, ENOENT, ENOSPC } = constants.errno

/** A file that is being written. Gone without a trace when it is disposed of before it was committed. */
export interface Writing extends Disposable {
  readonly place: Place
  /** Errors: those of `failure`. */
  add(piece: Uint8Array): void
  /** Puts it in place. Errors: those of `failure`. */
  commit(): Work<void> | undefined
}

/** Begins to write to a place, through a link when it is one. Nothing is changed yet. Errors: those of `failure`. */
export function beginWriting(request: FileRequests['create']): Writing {
  const place = findThrough(request.path, VERB)
  try {
    const found = lookForAny(place)
    if (found === undefined && !request.create) throw failure(VERB, request.path, ENOENT)
    if (found !== undefined) {
      checkRegular(place, found)
      if (request.create && !request.overwrite) throw failure(VERB, request.path, EEXIST)
    }
    refuseRoot(place)
    // A file with several names, and one that is mounted, is not another one afterwards.
    const staysItself = found !== undefined && (found.isMount || found.names > 1)
    return staysItself ? writeInto(place, found, request) : writeBeside(place, request)
  } catch (error) {
    place[Symbol.dispose]()
    throw error
  }
}

function writeBeside(place: Place, request: FileRequests['create']): Writing {
  const stage = openStage(place)
  let size = 0
  return {
    place,
    add: (piece) => {
      size = append(stage.file, piece, { size, path: request.path })
    },
    commit() {
      // Looked for again: between the first byte and the last one anything may have come and gone there.
      const seen = tryOpen(place, linux.O_PATH)
      try {
        if (seen === -ENOENT && request.create) becomeNew(stage, place, request)
        else becomeThe(stage, done(seen, VERB, request.path), { place, wanted: request })
      } finally {
        if (seen >= 0) closeSync(seen)
      }
      stage.appear({ replaces: request.overwrite || !request.create })
      return undefined
    },
    [Symbol.dispose]() {
      stage[Symbol.dispose]()
      place[Symbol.dispose]()
    },
  }
}

/** It belongs to whom its folder belongs to: who works in /app as user 1000 can go on with what is put there. */
function becomeNew(stage: Stage, place: Place, { mode = FILE_MODE, uid, gid }: WantedOwner): void {
  const folder = look({ ...place, name: '.' })
  setOwnerOf(stage.file, { mode, uid: uid ?? folder.uid, gid: gid ?? folder.gid }, { place })
}

/** Owner, mode and attributes of what it takes the place of. */
function becomeThe(stage: Stage, seen: number, { place, wanted }: { place: Place; wanted: WantedOwner }): void {
  const found = checkRegular(place, lookAtOpen(seen))
  const old = done(reopen(seen, linux.O_RDONLY | linux.O_NOATIME | linux.O_NONBLOCK), VERB, place.path)
  try {
    dropAccessList(stage.file)
    setOwnerOf(stage.file, { ...ownerOf(found), ...given(wanted) }, { place, from: old, kept: 'content' })
  } finally {
    closeSync(old)
  }
}

function given({ mode, uid, gid }: WantedOwner): Partial<WantedOwner> {
  return { ...(mode === undefined ? {} : { mode }), ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) }
}

function writeInto(place: Place, found: Found, request: FileRequests['create']): Writing {
  const target = openTarget(place)
  // What lies in the folder's file system tells of itself there (`docker diff` shows the folder), and a mounted file is a small one.
  const stage = found.isMount ? undefined : openStage(place)
  const file = stage?.file ?? openScratch(VERB, request.path)
  let size = 0
  return {
    place,
    add: (piece) => {
      size = append(file, piece, { size, path: request.path, isScratch: stage === undefined })
    },
    *commit() {
      // Room first: once the old content is written over there is no way back.
      const reserved = tryCall('fallocate', [target, FALLOC_FL_KEEP_SIZE, 0, Math.max(size, 1)])
      if (reserved === -ENOSPC) throw failure(VERB, request.path, ENOSPC)
      yield* copyOver({ from: file, to: target, size, place })
      const wanted = given(request)
      if (Object.keys(wanted).length > 0) setOwnerOf(target, { ...ownerOf(found), ...wanted }, { place })
    },
    [Symbol.dispose]() {
      if (stage === undefined) closeSync(file)
      else stage[Symbol.dispose]()
      closeSync(target)
      place[Symbol.dispose]()
    },
  }
}

function openTarget(place: Place): number {
  const seen = done(tryOpen(place, linux.O_PATH), VERB, place.path)
  try {
    checkRegular(place, lookAtOpen(seen))
    return done(reopen(seen, linux.O_WRONLY | linux.O_NONBLOCK), VERB, place.path)
  } finally {
    closeSync(seen)
  }
}

interface Appending {
  /** Bytes so far. */
  readonly size: number
  readonly path: string
  readonly isScratch?: boolean
}

/** The size afterwards. */
function append(file: number, piece: Uint8Array, { size, path, isScratch = false }: Appending): number {
  try {
    for (let written = 0; written < piece.length; ) written += writeSync(file, piece, written, piece.length - written, size + written)
    return size + piece.length
  } catch (error) {
    if (isScratch && error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
      throw new PockerError('InvalidParameter', `write file '${path}': a file that is mounted is not to be that large`, {
        code: 'file-too-large',
      })
    }
    throw nodeFailure(VERB, path, error)
  }
}
