/** Walking a folder that a running container changes meanwhile, without ever being led out of it. */
import { closeSync, constants, lstatSync, opendirSync, openSync, type Stats } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Deeper folders are named but not entered: each level holds a descriptor, and a container can nest as many as it likes. */
const MAX_DEPTH = 512
/** How long the helper may be kept from answering others. */
const SLICE = 4

export interface Entry {
  /** Path below the folder, as the bytes of the name one to one in characters: names need not be UTF-8. Begins with a slash. */
  readonly path: string
  /** By which the entry can be reached while it is being visited, whatever happens to the folders above it. Bytes as in `path`. */
  readonly access: string
  readonly stats: Stats
}

/** Visits all entries below the folder, each folder before what is in it. What vanishes meanwhile is passed over. Errors: those of open(2) for the folder itself. */
export async function walk(folder: string, visit: (entry: Entry) => void): Promise<void> {
  const root = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  await walkOpen({ descriptor: root, path: '', depth: 0, visit, pause: pauses() })
}

interface Level {
  readonly descriptor: number
  readonly path: string
  readonly depth: number
  readonly visit: (entry: Entry) => void
  readonly pause: () => Promise<void> | undefined
}

async function walkOpen(level: Level): Promise<void> {
  const { descriptor, visit, pause } = level
  try {
    // Each name is looked up in the open folder, never again from the top: a path could have become a link to the host's files.
    const base = `/proc/self/fd/${descriptor}`
    for (const name of namesIn(base)) {
      const entry = look({ path: `${level.path}/${name}`, access: `${base}/${name}` })
      if (entry === undefined) continue
      visit(entry)
      await pause()
      const inner = entry.stats.isDirectory() && level.depth < MAX_DEPTH ? openInner(entry.access) : undefined
      if (inner !== undefined) await walkOpen({ ...level, descriptor: inner, path: entry.path, depth: level.depth + 1 })
    }
  } finally {
    closeSync(descriptor)
  }
}

/** The names in a folder, given as by `walk`. */
export function* namesIn(path: string): Generator<string> {
  using folder = opendirSync(Buffer.from(path, 'latin1'), { encoding: 'latin1', bufferSize: 256 })
  for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) yield entry.name
}

function look(at: Pick<Entry, 'path' | 'access'>): Entry | undefined {
  const stats = lookAt(at.access)
  return stats === undefined ? undefined : { ...at, stats }
}

/** What lies at a path given as by `walk`, links not followed; undefined when nothing does. */
export function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(Buffer.from(path, 'latin1'), { throwIfNoEntry: false })
  } catch (error) {
    if (isVanished(error)) return undefined
    throw error
  }
}

function openInner(access: string): number | undefined {
  try {
    return openSync(Buffer.from(access, 'latin1'), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  } catch (error) {
    if (isVanished(error)) return undefined
    throw error
  }
}

/** ENOTDIR and ELOOP: what was a folder a moment ago is a file or a link now. */
function isVanished(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ELOOP')
}

function pauses(): () => Promise<void> | undefined {
  let since = performance.now()
  return () => {
    if (performance.now() - since < SLICE) return undefined
    return nextTurn().then(() => {
      since = performance.now()
    })
  }
}
