/** A place of a host as something to copy into. */
import { posix } from 'node:path'
import { codeOf } from '../../client/engine-problem.ts'
import type { Files, Owner } from '../files.ts'
import type { SourceEntry } from './source.ts'
import type { Target } from './target.ts'

export interface PlaceTargetOptions {
  /** Owners are those of the source, too: within one container they mean the same users. */
  readonly keepsOwners: boolean
}

/** Links cannot be made there. */
export function placeTarget(files: Files, { keepsOwners }: PlaceTargetOptions): Target {
  return {
    list: async (folder) => {
      try {
        const { entries } = await files.list(folder)
        return new Map(entries.map(({ name, kind }) => [name, kind]))
      } catch (error) {
        if (codeOf(error) === 'no-such-file') return undefined
        throw error
      }
    },
    nameFor: (name) => (isName(name) ? name : undefined),
    keyOf: (name) => name,
    join: (folder, name) => posix.join(folder, name),
    makeFolder: async (path, entry) => {
      try {
        await files.makeFolder(path, ownerOf(entry, keepsOwners ? 'with-owner' : 'mode'))
      } catch (error) {
        if (codeOf(error) === 'file-exists' && (await files.stat(path)).kind === 'folder') return
        throw error
      }
    },
    writeFile: async (path, content, { entry, replaces, signal }) => {
      // One that is replaced keeps its own mode and owner.
      const owner = replaces && !keepsOwners ? {} : ownerOf(entry, keepsOwners ? 'with-owner' : 'mode')
      await files.write(path, content, { create: true, overwrite: replaces, ...owner, signal })
    },
  }
}

/** Whether it is the name of one file in one folder. */
export function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name)
}

function ownerOf({ mode, owner }: SourceEntry, kept: 'mode' | 'with-owner'): Owner {
  if (kept === 'with-owner') return { ...(mode === undefined ? {} : { mode }), ...owner }
  // Neither set-user-ID nor sticky bits come along from elsewhere.
  return mode === undefined ? {} : { mode: mode & 0o777 }
}
