/**
 * Places as the authority of a `pocker:` URI: `HOST.KIND.ID+NAME`, such as `local.container.0f3a…+web`. VS Code makes authorities lower-case
 * and takes a colon for a port's, so anything but small letters, digits and hyphens is written as its bytes. What follows the plus is
 * for people: VS Code shows it before the path (`resourceLabelFormatters` of package.json), and a place is the same by any name.
 */
import { posix } from 'node:path'
import type { FileRef, Place, PlaceName } from './place.ts'
import { keyOf } from './place.ts'

export const SCHEME = 'pocker'

const LONGEST_NAME = 60

/** What a URI is made of, as `vscode.Uri` has it. */
export interface UriParts {
  readonly scheme: string
  readonly authority: string
  readonly path: string
}

/** The file of a URI; nothing for one that is not ours. */
export function fileRefOf({ scheme, authority, path }: UriParts): FileRef | undefined {
  const place = scheme === SCHEME ? placeOf(authority) : undefined
  return place === undefined ? undefined : { place, path: normalPath(path) }
}

/** A URI as text. `change` makes it one of its own for the same file: what has happened to it, for decorations. */
export function uriTextOf({ place, path }: FileRef, change?: string): string {
  // A name with half a character in it, as JSON can have one, cannot be encoded.
  const encode = (text: string) => encodeURIComponent(text.toWellFormed())
  const query = change === undefined ? '' : `?${change}`
  return `${SCHEME}://${encode(authorityOf(place))}${path.split('/').map(encode).join('/')}${query}`
}

/** Absolute, with neither `.` nor `..` nor a slash at its end. */
export function normalPath(path: string): string {
  const normal = posix.normalize(`/${path}`)
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
}

/**
 * One name for each place as long as the window is open. A container may be renamed, and its files would have another URI each then: open
 * editors would be others than those that are opened from now on.
 */
export class PlaceNames {
  readonly #names = new Map<string, string>()

  /** The place by the name that it was first seen with. */
  adopt<P extends Place>(place: P): P {
    const key = keyOf(place)
    const name = this.#names.get(key)
    if (name === undefined) this.#names.set(key, place.name)
    return name === undefined ? place : { ...place, name }
  }
}

/** The authority of a place. */
export function authorityOf(place: Place): string {
  const kind = place.kind === 'layer' ? `layer-${place.layer}` : place.kind
  return `${escapeText(place.hostId)}.${kind}.${escapeText(place.id)}+${shownName(place.name)}`
}

/** The place of an authority; nothing for one that is not ours. */
export function placeOf(authority: string): Place | undefined {
  const [, host, kind, layer, id, name] = /^([a-z0-9_-]+)\.([a-z]+)(?:-(\d{1,4}))?\.([a-z0-9_-]+)\+([^+]*)$/.exec(authority) ?? []
  if (host === undefined || kind === undefined || id === undefined || name === undefined) return undefined
  const place = placeNameOf(kind, unescapeText(id), layer === undefined ? undefined : Number(layer))
  return place === undefined ? undefined : { ...place, hostId: unescapeText(host), name }
}

function placeNameOf(kind: string, id: string, layer: number | undefined): PlaceName | undefined {
  if (kind === 'layer') return layer === undefined ? undefined : { kind, id, layer }
  const isPlain = kind === 'container' || kind === 'origin' || kind === 'image' || kind === 'volume'
  return isPlain && layer === undefined ? { kind, id } : undefined
}

/** An engine's name for something, as part of an authority: letters, digits, dots and hyphens are left of it. */
function shownName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .slice(0, LONGEST_NAME)
  return plain === '' ? '-' : plain
}

function escapeText(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => (isKept(byte) ? String.fromCharCode(byte) : `_${byte.toString(16).padStart(2, '0')}`))
    .join('')
}

function unescapeText(text: string): string {
  const bytes = text.replace(/_([0-9a-f]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

function isKept(byte: number): boolean {
  return /[a-z0-9-]/.test(String.fromCharCode(byte))
}
