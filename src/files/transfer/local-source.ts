/** Files of this machine as something to be copied. */
import { createReadStream, type Stats } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { SourceEntry } from './source.ts'

/** What lies at a path, through a link when it is one. Errors: those of stat(2). */
export async function localSource(path: string): Promise<SourceEntry> {
  return entryOf(path, basename(path), await stat(path))
}

// A link to a file is sent as the file. One to a folder is left out: it may lead back to where it lies.
async function entryInside(path: string, name: string): Promise<SourceEntry> {
  const own = await lstat(path)
  if (!own.isSymbolicLink()) return entryOf(path, name, own)
  const target = await stat(path).catch(() => undefined)
  return target?.isFile() === true ? entryOf(path, name, target) : entryOf(path, name, own)
}

function entryOf(path: string, name: string, stats: Stats): SourceEntry {
  return {
    name,
    kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : 'other',
    size: stats.isFile() ? stats.size : 0,
    // Windows has none that would mean anything elsewhere.
    ...(process.platform === 'win32' ? {} : { mode: stats.mode & 0o777 }),
    modified: stats.mtimeMs,
    entries: async (signal) => {
      const entries: SourceEntry[] = []
      for (const each of await readdir(path)) {
        signal.throwIfAborted()
        entries.push(await entryInside(join(path, each), each))
      }
      return { entries, isCut: false }
    },
    content: async () => createReadStream(path),
  }
}
