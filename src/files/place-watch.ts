/** One watch of a path, kept up over all that may happen to it, to its container and to its host. */
import { posix } from 'node:path'
import type { FileChange } from '../../helper/api/files.ts'
import { codeOf, isAborted } from '../client/engine-problem.ts'
import { Backoff } from '../hosts/backoff.ts'
import type { Files } from './files.ts'

export interface PlaceWatchParts {
  readonly files: () => Promise<Files>
  readonly path: string
  readonly recursive: boolean
  readonly signal: AbortSignal
  /** Paths are below the watched one, or it. */
  readonly tell: (change: FileChange) => void
  /** Called when it watches for the first time: from now on what happens is told. */
  readonly armed: () => void
  /** Called each time that it could not watch, or not any more. */
  readonly failed: () => void
  /** Why something is not told. */
  readonly log: (message: string) => void
  /** Resolves after so many milliseconds, or as soon as the host may have become reachable. */
  readonly untilWorthTrying: (delay: number, signal: AbortSignal) => Promise<void>
}

/** What is open in an editor must not stay old for long once the engine is back; a try costs one connection. */
const RETRY = { first: 250, longest: 5_000 }
const PLACE_GONE = new Set(['no-such-container', 'container-removing'])
/** With these it makes no sense to go on either. */
const NEVER = new Set(['no-such-image', 'no-such-layer', 'no-such-host', 'needs-pocker', 'not-found'])
const NOT_THERE = new Set(['no-such-file', 'not-a-folder'])

interface Arming {
  /** The path itself, or the nearest folder above it that is there. */
  at: string
  recursive: boolean
  /** Something may have happened that was not told. */
  hasMissed: boolean
}

/** Tells what changes until the signal, or until the place is gone, which is told as a deletion. Never fails. After a failure `overflow` is told. */
export async function watchPlace(parts: PlaceWatchParts): Promise<void> {
  const { path, signal, tell, log } = parts
  const backoff = new Backoff(RETRY)
  const state: Arming = { at: path, recursive: parts.recursive, hasMissed: false }
  while (!signal.aborted) {
    try {
      const end = await follow(parts, state)
      state.at = path
      state.hasMissed = true
      if (end === 'ended') await parts.untilWorthTrying(backoff.next(), signal)
      else backoff.reset()
    } catch (error) {
      parts.failed()
      if (signal.aborted || isAborted(error)) return
      const code = codeOf(error) ?? ''
      state.hasMissed = true
      if (PLACE_GONE.has(code)) return tell({ kind: 'deleted', path })
      if (NEVER.has(code)) return log(`watch ${path}: ended, ${code}`)
      if (NOT_THERE.has(code) && state.at !== '/') {
        // What is not there will be made in a folder that is.
        state.at = posix.dirname(state.at)
      } else if (code === 'watch-too-large' && state.recursive) {
        log(`watch ${path}: it has more folders than can be watched, so that only the uppermost one is`)
        state.recursive = false
      } else {
        log(`watch ${path}: to be tried again, ${code}`)
        state.at = path
        await parts.untilWorthTrying(backoff.next(), signal)
      }
    }
  }
}

/** Until it is to be armed elsewhere, or the watch has ended by itself. Errors: those of the watch. */
async function follow(parts: PlaceWatchParts, state: Arming): Promise<'rearm' | 'ended'> {
  const ending = new AbortController()
  const signal = AbortSignal.any([parts.signal, ending.signal])
  try {
    return state.at === parts.path ? await followPath(parts, state, signal) : await awaitPath(parts, state.at, signal)
  } finally {
    ending.abort()
  }
}

async function followPath({ files, path, tell, armed }: PlaceWatchParts, state: Arming, signal: AbortSignal): Promise<'rearm' | 'ended'> {
  for await (const change of (await files()).watch(path, { recursive: state.recursive, signal })) {
    if (change.kind !== 'ready') tell(change)
    else if (state.hasMissed) tell({ kind: 'overflow', path })
    else armed()
    if (change.kind === 'ready') state.hasMissed = false
    // A folder that is gone is watched no more, though another may take its place.
    if (change.kind === 'deleted' && change.path === path) return 'rearm'
  }
  return 'ended'
}

/** Until the next folder on the way to the path may be there. */
async function awaitPath({ files, path }: PlaceWatchParts, at: string, signal: AbortSignal): Promise<'rearm' | 'ended'> {
  const [name = ''] = path.slice(at === '/' ? 1 : at.length + 1).split('/')
  const next = posix.join(at, name)
  for await (const { kind, path: changed } of (await files()).watch(at, { recursive: false, signal })) {
    if (kind === 'overflow' || (kind !== 'ready' && kind !== 'changed' && (changed === next || changed === at))) return 'rearm'
    // Between the look that failed and this watch it may have come.
    if (kind === 'ready' && (await isThere(await files(), next))) return 'rearm'
  }
  return 'ended'
}

async function isThere(files: Files, path: string): Promise<boolean> {
  try {
    await files.stat(path)
    return true
  } catch (error) {
    if (NOT_THERE.has(codeOf(error) ?? '')) return false
    throw error
  }
}
