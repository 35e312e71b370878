/** Completing a path that somebody types. */
import { posix } from 'node:path'
import type { Files } from '../files.ts'
import { kindOf } from '../rows/file-row.ts'
import type { PathChoice } from './files-ui.ts'

/** More than a list shows is no help. */
const MOST = 200

/** The folder that has been typed so far, and what the next name begins with. */
export function typedParts(text: string): { readonly folder: string; readonly start: string } {
  const path = text.startsWith('/') ? text : `/${text}`
  const slash = path.lastIndexOf('/')
  return { folder: posix.normalize(path.slice(0, slash + 1)).replace(/(?<=.)\/$/, ''), start: path.slice(slash + 1) }
}

/** Completes by what is there, letters' case aside; folders first. A folder that is not there, or not readable, has nothing. */
export function pathCompletion(files: Files): (text: string, signal: AbortSignal) => Promise<readonly PathChoice[]> {
  let last: { readonly folder: string; readonly choices: readonly PathChoice[] } | undefined
  return async (text, signal) => {
    const { folder, start } = typedParts(text)
    // Each key would otherwise ask for the same folder again.
    const choices = last?.folder === folder ? last.choices : await choicesIn(files, folder, signal)
    if (choices === undefined) return []
    last = { folder, choices }
    const wanted = start.toLowerCase()
    const fitting = choices.filter(({ path }) => posix.basename(path).toLowerCase().startsWith(wanted))
    return fitting.toSorted((a, b) => Number(b.isFolder) - Number(a.isFolder)).slice(0, MOST)
  }
}

async function choicesIn(files: Files, folder: string, signal: AbortSignal): Promise<readonly PathChoice[] | undefined> {
  try {
    const { entries } = await files.list(folder, { signal })
    return entries.map((entry) => ({ path: posix.join(folder, entry.name), isFolder: kindOf(entry) === 'folder' }))
  } catch {
    return undefined // while a path is being typed, most of what stands there is none
  }
}
