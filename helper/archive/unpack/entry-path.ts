/** Names of entries made into paths beneath the folder that is unpacked to. All are byte strings (`latin1`). */
import { badEntry, tooMuch } from '../tar/bad-archive.ts'
import { showPath } from '../tar/entry.ts'

/** PATH_MAX without the NUL that it counts. */
export const MAX_PATH = 4095

// A component that is empty, "." or "..".
const UNCLEAN = /(?:^|\/)\.{0,2}(?:\/|$)/

/**
 * The path relative to the folder, as Go's `filepath.Clean` makes it: without `.`, `..`, doubled, leading or trailing slashes. The folder
 * itself is ''. An absolute name is one beneath the folder.
 * Errors: `bad-archive` for one that climbs out, `archive-path-too-long`.
 */
export function cleanPath(name: string): string {
  const from = name.startsWith('./') ? 2 : 0
  const to = name.endsWith('/') ? name.length - 1 : name.length
  const path = from < to ? name.slice(from, to) : ''
  if (path.length > MAX_PATH) throw tooMuch('archive-path-too-long', `the path "${showPath(name)}" has more than ${MAX_PATH} bytes`)
  return UNCLEAN.test(path) ? cleanComponents(name) : path
}

function cleanComponents(name: string): string {
  const kept: string[] = []
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') kept.push(part)
    else if (kept.pop() === undefined) throw badEntry(name, 'leads out of the folder that it is unpacked to')
  }
  return kept.join('/')
}

/** The folder a path lies in; '' for the folder that is unpacked to. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

/** The path's last part; '' for the folder that is unpacked to. */
export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** What the name of a layer's entry asks for (OCI image specification, layer.md, "Whiteouts"). */
export type Whiteout =
  | { readonly kind: 'none' }
  /** `path` of the layers below is not there any more. */
  | { readonly kind: 'removed'; readonly path: string }
  /** Nothing of the folder `path` in the layers below is there any more. */
  | { readonly kind: 'opaque'; readonly path: string }
  /** Aufs's own notes, which old versions of Docker left in layers. */
  | { readonly kind: 'ignored' }

const PREFIX = '.wh.'
const none: Whiteout = { kind: 'none' }

/** `path` is clean. Errors: `bad-archive` for whiteouts that aim at anything but a name in their own folder. */
export function readWhiteout(path: string): Whiteout {
  if (!path.includes(PREFIX)) return none
  const parts = path.split('/')
  if (parts.some((part) => part.startsWith('.wh..wh.') && part !== '.wh..wh..opq')) return { kind: 'ignored' }
  const base = parts.pop() ?? ''
  if (parts.some((part) => part.startsWith(PREFIX))) throw badEntry(path, 'lies in a folder that is named like a whiteout')
  if (!base.startsWith(PREFIX)) return none
  const folder = parts.join('/')
  if (base === '.wh..wh..opq') return { kind: 'opaque', path: folder }
  const name = base.slice(PREFIX.length)
  if (name === '' || name === '.' || name === '..') throw badEntry(path, 'is a whiteout of no name')
  return { kind: 'removed', path: folder === '' ? name : `${folder}/${name}` }
}
