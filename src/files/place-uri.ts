/**
 * Places as the authority of a `pocker:` URI: `HOST.KIND.ID+NAME`, such as `local.container.0f3a…+web`. VS Code makes authorities lower-case
 * and takes a colon for a port's, so anything but small letters, digits and hyphens is written as its bytes. What follows the plus is
 * for people: VS Code shows it before the path (`resourceLabelFormatters` of package.json), and a place is the same by any name.
 */
import type { Place, PlaceName } from './place.ts'

export const SCHEME = 'pocker'

const LONGEST_NAME = 60

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
  const isPlain = kind === 'container' || kind === 'origin' || kind === 'image'
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
