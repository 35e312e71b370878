/** What each request does. */

import { constants } from 'node:os'
import { PockerError } from '../../api/errors.ts'
import type { FileChange } from '../../api/files.ts'
import type { Access } from '../../archive/enter-root.ts'
import type { FileRequest, FileRequests, FileResults } from '../requests.ts'
import { copy } from './copy.ts'
import { describePlace, type Shown } from './describe.ts'
import { failure } from './failure.ts'
import { makeFolder } from './folder.ts'
import { list } from './list.ts'
import { find, findThrough } from './place.ts'
import { openForReading, type Reading } from './read.ts'
import { remove } from './remove.ts'
import { rename } from './rename.ts'
import { type Watch, Watcher } from './watch.ts'
import type { Answering, Outcome, Work } from './work.ts'
import { beginWriting, type Writing } from './write.ts'

/** Files that are read and written at once. */
const MAX_HANDLES = 128

/** What one process serves, and what is going on there. */
export interface Served {
  readonly access: Access
  readonly shown: Shown
  readonly watcher: Watcher
  readonly watches: Map<number, Watch>
  readonly readings: Map<number, Reading>
  readonly writings: Map<number, Writing>
}

/** Nothing is going on yet. */
export function makeServed(access: Access, shown: Shown): Served {
  return { access, shown, watcher: new Watcher(), watches: new Map(), readings: new Map(), writings: new Map() }
}

export interface Asked {
  /** The request's number: also the handle of what it opens. */
  readonly id: number
  readonly request: FileRequest
  readonly payload: Uint8Array
  readonly tell: (changes: readonly FileChange[]) => void
}

/** Does what is asked, or begins to. Errors: PockerError. */
export function operate(served: Served, { id, request, payload, tell }: Asked): Answering<FileResults[FileRequest['op']]> {
  switch (request.op) {
    case 'stat':
      return stat(served, request)
    case 'list':
      return list(request, served.shown)
    case 'open':
      return open(served, id, request)
    case 'read':
      return read(served, request)
    case 'create':
      return create(served, id, request)
    case 'write':
      writingOf(served, request.handle).add(payload)
      return NOTHING
    case 'commit':
      return commit(served, request)
    case 'close':
      close(served, request.handle)
      return NOTHING
    case 'folder':
      return folder(served, request)
    case 'rename':
      return thenStat(served, request.to, rename(request))
    case 'copy':
      return thenStat(served, request.to, copy(request))
    case 'remove':
      return thenNothing(remove(request))
    case 'watch':
      return watch(served, { id, request, tell })
    case 'cancel':
      endWatch(served, request.request)
      return NOTHING
  }
}

const NOTHING: Outcome<null> = { result: null }

/** Lets go of all that is open. */
export function letGo(served: Served): void {
  for (const handle of [...served.readings.keys(), ...served.writings.keys()]) close(served, handle)
}

function stat({ shown }: Served, { path, follow }: FileRequests['stat']): Outcome<FileResults['stat']> {
  using place = follow ? findThrough(path, 'look at') : find(path, 'look at')
  return { result: describePlace(place, shown) }
}

function open(served: Served, handle: number, request: FileRequests['open']): Outcome<FileResults['open']> {
  checkHandles(served)
  const { opened, reading } = openForReading(request, served.shown)
  if (reading === undefined) return opened
  served.readings.set(handle, reading)
  return { ...opened, result: { ...opened.result, handle } }
}

function read(served: Served, { handle }: FileRequests['read']): Outcome<FileResults['read']> {
  const reading = served.readings.get(handle)
  if (reading === undefined) throw noHandle()
  const outcome = reading.next()
  if (outcome.result.isLast) close(served, handle)
  return outcome
}

function create(served: Served, handle: number, request: FileRequests['create']): Outcome<FileResults['create']> {
  checkHandles(served)
  served.writings.set(handle, beginWriting(request))
  return { result: { handle } }
}

function* commit(served: Served, { handle }: FileRequests['commit']): Work<Outcome<FileResults['commit']>> {
  const writing = writingOf(served, handle)
  try {
    const rest = writing.commit()
    if (rest !== undefined) yield* rest
    return { result: describePlace(writing.place, served.shown) }
  } finally {
    close(served, handle)
  }
}

function close({ readings, writings }: Served, handle: number): void {
  readings.get(handle)?.[Symbol.dispose]()
  writings.get(handle)?.[Symbol.dispose]()
  readings.delete(handle)
  writings.delete(handle)
}

function folder({ shown }: Served, request: FileRequests['folder']): Outcome<FileResults['folder']> {
  using place = makeFolder(request)
  return { result: describePlace(place, shown) }
}

function* thenStat({ shown }: Served, path: string, work: Work<void>): Work<Outcome<FileResults['rename']>> {
  yield* work
  using place = find(path, 'look at')
  return { result: describePlace(place, shown) }
}

function* thenNothing(work: Work<void>): Work<Outcome<null>> {
  yield* work
  return NOTHING
}

function* watch(
  served: Served,
  { id, request, tell }: { id: number; request: FileRequests['watch']; tell: Asked['tell'] },
): Work<Outcome<null>> {
  served.watches.set(id, yield* served.watcher.begin(request, tell))
  return NOTHING
}

function endWatch({ watcher, watches }: Served, id: number): void {
  const found = watches.get(id)
  if (found === undefined) return
  watches.delete(id)
  watcher.end(found)
}

function writingOf({ writings }: Served, handle: number): Writing {
  const writing = writings.get(handle)
  if (writing === undefined) throw noHandle()
  return writing
}

function checkHandles({ readings, writings }: Served): void {
  if (readings.size + writings.size >= MAX_HANDLES) throw failure('open', 'file', constants.errno.EMFILE)
}

function noHandle(): PockerError {
  return new PockerError('Internal', 'serve files: there is no such handle', { code: 'no-handle' })
}
