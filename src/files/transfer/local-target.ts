/**
 * A folder of this machine as something to copy into. What is copied comes from a container, which nobody trusts: nothing is written but
 * below the folder, no link is followed on the way, and no file is opened that this copy has not made.
 */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, mkdir, open, readdir, rename, rm, symlink, writeFile as writeAll } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Readable } from 'node:stream'
import type { FileKind } from '../../../helper/api/files.ts'
import { localKey, localName, type Platform } from './local-names.ts'
import type { Target, WriteHow } from './target.ts'

/** `root` is a folder that the user has chosen. */
export function localTarget(root: string, platform: Platform): Target {
  const below = (path: string) => {
    if (path !== root && !path.startsWith(root.endsWith(sep) ? root : root + sep)) throw new Error(`write ${path}: it is not in ${root}`)
    return path
  }
  return {
    list: async (folder) => {
      try {
        const entries = await readdir(below(folder), { withFileTypes: true })
        return new Map(entries.map((entry) => [localKey(entry.name, platform), kindOf(entry)]))
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      }
    },
    nameFor: (name) => localName(name, platform),
    keyOf: (name) => localKey(name, platform),
    join: (folder, name) => below(join(folder, name)),
    makeFolder: async (path) => {
      try {
        await mkdir(below(path))
      } catch (error) {
        // lstat: a link to a folder elsewhere is not this folder.
        if ((await lstat(path).catch(() => undefined))?.isDirectory() === true) return
        throw error
      }
    },
    writeFile: (path, content, how) => writeFile(below(path), content, how),
    ...(platform === 'win32' ? {} : { makeLink: (path: string, link: string) => symlink(link, below(path)) }),
  }
}

async function writeFile(path: string, content: Readable, { entry, replaces, signal }: WriteHow): Promise<void> {
  // O_EXCL follows no link and opens nothing that is there: not what an earlier entry may have put by that name, either.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
  const partial = replaces ? `${path}.${randomBytes(6).toString('hex')}.part` : path
  const file = await open(partial, flags, 0o600)
  let isWhole = false
  try {
    await writeAll(file, content, { signal })
    await file.chmod(localMode(entry.mode))
    if (entry.modified !== undefined) await file.utimes(entry.modified / 1000, entry.modified / 1000)
    isWhole = true
  } finally {
    await file.close()
    if (!isWhole) await rm(partial, { force: true })
  }
  if (!replaces) return
  try {
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

/** Its owner here may always read and write it, a program stays one, and nobody else gets more than with any new file. */
function localMode(mode = 0o644): number {
  return (mode & 0o111) === 0 ? 0o644 : 0o755
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): FileKind {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  return entry.isSymbolicLink() ? 'link' : 'other'
}
