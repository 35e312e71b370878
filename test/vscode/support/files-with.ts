import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Paths of the files below a folder that have the text in them. What goes while it is looked at, as an editor's own files may, has not. */
export function filesWith(text: string, folder: string): string[] {
  const wanted = Buffer.from(text)
  const found: string[] = []
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) found.push(...filesWith(text, path))
    else if (entry.isFile() && contentOf(path)?.includes(wanted) === true) found.push(path)
  }
  return found
}

function entriesOf(folder: string) {
  return unlessGone(() => readdirSync(folder, { withFileTypes: true })) ?? []
}

function contentOf(path: string): Buffer | undefined {
  return unlessGone(() => readFileSync(path))
}

/** Errors: all but that it is not there. */
function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
