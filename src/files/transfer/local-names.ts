/** Names of a container's files as names on this machine. */
import { isName } from './place-target.ts'

export type Platform = 'linux' | 'darwin' | 'win32'

/** Windows' devices, whatever their ending. */
const DEVICES = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i
// Control characters, what turns text around or cannot be seen, and the bytes that have no meaning (`helper/files/names.ts`).
const UNSEEN = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\uef80-\uefff]/gu
const LONGEST = 255

/**
 * A name that is one file in one folder on this platform and looks like what it is, as like the given one as can be. Nothing for what is no
 * name at all: an honest engine has none, so the file is left out rather than put somewhere.
 */
export function localName(name: string, platform: Platform): string | undefined {
  if (!isName(name)) return undefined
  const seen = name.replace(UNSEEN, '_')
  const safe = platform === 'win32' ? windowsName(seen) : seen
  return shortened(safe)
}

/** Names that are one file on this platform have the same key. */
export function localKey(name: string, platform: Platform): string {
  return platform === 'linux' ? name : name.normalize('NFC').toLowerCase()
}

function windowsName(name: string): string {
  const plain = name.replace(/[\\:*?"<>|]/g, '_').replace(/[. ]+$/, (end) => '_'.repeat(end.length))
  return DEVICES.test(plain) ? `_${plain}` : plain
}

function shortened(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST) return name
  const dot = name.lastIndexOf('.')
  const ending = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : ''
  let stem = [...name.slice(0, name.length - ending.length)]
  while (Buffer.byteLength(stem.join('')) > LONGEST - Buffer.byteLength(ending)) stem = stem.slice(0, -1)
  return stem.join('') + ending
}
