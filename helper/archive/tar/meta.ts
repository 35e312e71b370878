/** A header and the extended ones before it, put together as one entry. */
import { badArchive, badEntry } from './bad-archive.ts'
import type { EntryType, TarEntry } from './entry.ts'
import type { Header } from './header.ts'
import { noRecords, type PaxRecords, parseDecimal, parseMoment, parseName } from './pax.ts'

/** What came before an entry's own header. */
export interface Extensions {
  readonly pax: PaxRecords
  readonly global: ReadonlyMap<string, Buffer>
  /** Of GNU's types `L` and `K`. */
  readonly longName: string | undefined
  readonly longLink: string | undefined
}

export const noExtensions: Extensions = { pax: noRecords, global: new Map(), longName: undefined, longLink: undefined }

const types: Readonly<Record<string, EntryType>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file', // contiguous, which no system has any more
  S: 'file', // with GNU tar's old map of holes
}

const SCHILY = 'SCHILY.xattr.'
const LIBARCHIVE = 'LIBARCHIVE.xattr.'
const MAX_ID = 0xfffffffe // -1 means "leave as it is" to chown
const noXattrs: ReadonlyMap<string, Buffer> = new Map()

// One name or size for all entries is nothing that an archive could mean.
const NOT_GLOBAL = /^(path|linkpath|size|GNU\.sparse\..*)$/

/** Records that hold for all entries from here on. Errors: `bad-archive`. */
export function mergeGlobal(known: ReadonlyMap<string, Buffer>, { values, sparsePairs }: PaxRecords): ReadonlyMap<string, Buffer> {
  const refused = [...values.keys()].find((key) => NOT_GLOBAL.test(key))
  if (refused !== undefined || sparsePairs.length > 0) throw badArchive(`a global extended header sets ${refused ?? 'a sparse map'}`)
  const merged = new Map(known)
  // The bytes are copied: the memory they lie in is used again.
  for (const [key, value] of values) merged.set(key, Buffer.from(value))
  if (merged.size > 1000) throw badArchive('its global extended headers hold more than 1000 records')
  return merged
}

/** The bytes of data that follow the header. Errors: `bad-archive`. */
export function storedSize(header: Header, { pax }: Extensions): number {
  const size = pax.values.get('size')
  const number = size?.length ? parseDecimal(size, 'size') : header.size
  if (number < 0) throw badEntry(header.name, 'has a negative size')
  return number
}

/** The entry; `size` is that of its data. Errors: `bad-archive`. */
export function describeEntry(header: Header, extensions: Extensions, size: number): TarEntry {
  const { pax, global } = extensions
  const find = (key: string): Buffer | undefined => {
    const value = pax.values.get(key) ?? global.get(key)
    return value?.length ? value : undefined // an empty value takes back what a global header said
  }
  const path = chooseName(find('GNU.sparse.name') ?? find('path'), extensions.longName, header.name, 'path')
  const type = types[header.type]
  if (type === undefined) throw badEntry(path, `has the unknown type "${header.type.replace(/[^ -~]/, '?')}"`)
  const mtime = find('mtime')
  return {
    // Before POSIX a folder was a file whose name ends with a slash.
    type: header.type === '\0' && path.endsWith('/') ? 'directory' : type,
    path,
    linkPath: chooseName(find('linkpath'), extensions.longLink, header.linkName, 'linkpath'),
    mode: header.mode & 0o7777,
    uid: parseId(find('uid'), header.uid, 'uid', path),
    gid: parseId(find('gid'), header.gid, 'gid', path),
    size,
    mtime: mtime === undefined ? { seconds: header.mtime, nanoseconds: 0 } : parseMoment(mtime, 'mtime'),
    deviceMajor: header.deviceMajor,
    deviceMinor: header.deviceMinor,
    xattrs: collectXattrs(extensions),
    sparse: false,
  }
}

/** Readers differ in which of the two ways to write long names wins: an archive that has both, and not the same, means to deceive one. */
function chooseName(pax: Buffer | undefined, long: string | undefined, short: string, key: string): string {
  if (pax === undefined) return long ?? short
  const name = parseName(pax, key)
  if (long !== undefined && long !== name) throw badEntry(name, 'has two different long names')
  return name
}

function parseId(value: Buffer | undefined, header: number, key: string, path: string): number {
  const id = value === undefined ? header : parseDecimal(value, key)
  if (id < 0 || id > MAX_ID) throw badEntry(path, `belongs to ${key} ${id}, which cannot be`)
  return id
}

function collectXattrs({ pax, global }: Extensions): ReadonlyMap<string, Buffer> {
  if (pax.values.size === 0 && global.size === 0) return noXattrs
  const found = new Map<string, Buffer>()
  for (const values of [global, pax.values]) {
    for (const [key, value] of values) {
      if (key.startsWith(LIBARCHIVE)) found.set(decodeName(key.slice(LIBARCHIVE.length)), Buffer.from(value.toString('latin1'), 'base64'))
    }
    for (const [key, value] of values) if (key.startsWith(SCHILY)) found.set(key.slice(SCHILY.length), value)
  }
  return found
}

function decodeName(name: string): string {
  return name.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
