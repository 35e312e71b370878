/** Notices what comes to places where nothing is yet: sockets of engines that are started later. */
import { existsSync, type FSWatcher, lstatSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Disposable } from 'vscode'

/** Milliseconds: a socket is there a moment before somebody listens at it, and several come together. */
const SETTLE = 300

/**
 * Calls `came` a moment after something has come to one of these absolute paths, until it is disposed of. Folders above that are missing may
 * come as well; a folder that this user may not look into is left out.
 */
export function watchPlaces(paths: readonly string[], came: () => void): Disposable {
  const places = paths.map((path) => new Place(path, () => soon()))
  let timer: NodeJS.Timeout | undefined
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(came, SETTLE)
  }
  for (const place of places) place.follow()
  return {
    dispose: () => {
      clearTimeout(timer)
      for (const place of places) place.dispose()
    },
  }
}

/** Watches the deepest folder on the way to a path that there is. */
class Place {
  readonly #path: string
  readonly #came: () => void
  #watcher: FSWatcher | undefined
  #isOver = false

  constructor(path: string, came: () => void) {
    this.#path = path
    this.#came = came
  }

  follow(): void {
    this.#watcher?.close()
    this.#watcher = undefined
    if (this.#isOver) return
    const { folder, next } = deepest(this.#path)
    try {
      this.#watcher = watch(folder, { persistent: false }, (_, name) => {
        // By its own name a folder says that it goes itself.
        if (name === next || name === basename(folder)) this.#onChange()
      })
    } catch {
      // It may not be read, or has just gone.
      return
    }
    this.#watcher.on('error', () => this.#watcher?.close())
    // What came in between was not told.
    if (deepest(this.#path).folder !== folder) this.follow()
  }

  dispose(): void {
    this.#isOver = true
    this.#watcher?.close()
  }

  #onChange(): void {
    // First: what comes between the two is then told once more.
    this.follow()
    if (isThere(this.#path)) this.#came()
  }
}

/** A link counts, wherever it leads: what it leads to may be closed to this user, which is worth a word. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    // A folder on the way may not be looked into, or is none.
    return existsSync(dirname(path))
  }
}

function deepest(path: string): { readonly folder: string; readonly next: string } {
  let [folder, next] = [dirname(path), basename(path)]
  while (folder !== '/' && !existsSync(folder)) [folder, next] = [dirname(folder), basename(folder)]
  return { folder, next }
}
