/** Sources and targets that are only in memory. */
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { FileKind } from '../../../helper/api/files.ts'
import type { SourceEntry } from './source.ts'
import type { Target } from './target.ts'

export function file(name: string, content = '', more: Partial<SourceEntry> = {}): SourceEntry {
  return entry(name, 'file', { size: content.length, content: async () => Readable.from([Buffer.from(content)]), ...more })
}

export function folder(name: string, ...entries: SourceEntry[]): SourceEntry {
  return entry(name, 'folder', { entries: async () => ({ entries, isCut: false }) })
}

export function link(name: string, to: string): SourceEntry {
  return entry(name, 'link', { link: to })
}

export function entry(name: string, kind: FileKind, more: Partial<SourceEntry> = {}): SourceEntry {
  const unexpected = async () => {
    throw new Error(`"${name}" was looked into`)
  }
  return { name, kind, size: 0, entries: unexpected, content: unexpected, ...more }
}

/** Folders end with a slash, and are null. */
export function memoryTarget(files: Record<string, string | null>): Target & { readonly files: Record<string, string | null> } {
  return {
    files,
    list: async (at) => {
      const prefix = at === '/' ? '/' : `${at}/`
      if (at !== '/' && !(prefix in files)) return undefined
      const names = Object.keys(files).filter((path) => path.startsWith(prefix) && /^[^/]+\/?$/.test(path.slice(prefix.length)))
      return new Map(
        names.map((path): [string, FileKind] => [path.slice(prefix.length).replace('/', ''), path.endsWith('/') ? 'folder' : 'file']),
      )
    },
    nameFor: (name) => (name === '..' || name.includes('/') ? undefined : name),
    keyOf: (name) => name,
    join: (at, name) => (at === '/' ? `/${name}` : `${at}/${name}`),
    makeFolder: async (path) => {
      files[`${path}/`] = null
    },
    writeFile: async (path, content, { replaces }) => {
      const bytes = await buffer(content)
      if (!replaces && path in files) throw Object.assign(new Error('x'), { code: 'file-exists' })
      files[path] = bytes.toString()
    },
  }
}
