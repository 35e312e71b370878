/** Files of a place as something to be copied. */
import { posix } from 'node:path'
import type { FileStat } from '../../../helper/api/files.ts'
import type { Files } from '../files.ts'
import type { SourceEntry } from './source.ts'

/** What lies at a path. One that is a link is taken for what it leads to: that is what was asked for. Errors: those of `Files`. */
export async function placeSource(files: Files, path: string, name = posix.basename(path)): Promise<SourceEntry> {
  return entryOf(files, path, { ...(await files.stat(path, { follow: true })), name })
}

function entryOf(files: Files, path: string, stat: FileStat & { readonly name: string }): SourceEntry {
  return {
    name: stat.name,
    kind: stat.kind,
    size: stat.kind === 'file' ? stat.size : 0,
    mode: stat.mode,
    owner: { uid: stat.uid, gid: stat.gid },
    modified: stat.modified,
    ...(stat.link === undefined ? {} : { link: stat.link }),
    entries: async (signal) => {
      const { entries, isCut } = await files.list(path, { signal })
      return { entries: entries.map((entry) => entryOf(files, posix.join(path, entry.name), entry)), isCut }
    },
    content: (signal) => files.content(path, { signal }),
  }
}
