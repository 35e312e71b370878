/**
 * Headers of tar archives: ustar, with pax records for what ustar cannot say. The same entry always gives the same bytes; GNU tar,
 * Python's tarfile and Go's archive/tar read them. Contents follow a header as they are, filled up to whole blocks.
 */

export const TAR_BLOCK = 512

export type TarKind = 'file' | 'hard-link' | 'symlink' | 'character-device' | 'block-device' | 'folder' | 'fifo'

export interface TarEntry {
  /** Text is written as UTF-8; bytes as they are, since names on Linux need not be text. Folders get their slash here. */
  readonly name: string | Uint8Array
  readonly kind: TarKind
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes of content; only files have any. */
  readonly size?: number
  /** Nanoseconds since 1970. */
  readonly mtime: bigint
  /** Where a link leads: what a symlink says, or the archive's name of a hard link's first name. */
  readonly link?: string | Uint8Array
  readonly device?: { readonly major: number; readonly minor: number }
  /** Extended attributes, names to values. */
  readonly xattrs?: ReadonlyMap<string, Uint8Array> | undefined
}

/** The end of an archive: two empty blocks. */
export const tarEnd: Uint8Array = new Uint8Array(2 * TAR_BLOCK)

/** How many zeros follow `size` bytes of content. */
export function tarPadding(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK
}

/** All blocks in front of the entry's content. Errors: RangeError for a name with a NUL or of no length. */
export function tarHeader(entry: TarEntry): Buffer {
  const name = nameOf(entry)
  const link = entry.link === undefined ? Buffer.alloc(0) : bytesOf(entry.link)
  const path = splitName(name)
  const records = [
    ...extensions(entry),
    ...(path === undefined ? [record('path', name)] : []),
    ...(fits(link) ? [] : [record('linkpath', link)]),
  ]
  const main = ustarBlock(entry, path ?? { prefix: Buffer.alloc(0), name: asciiOf(name) }, fits(link) ? link : asciiOf(link))
  if (records.length === 0) return main
  const pax = Buffer.concat(records.sort(byKey).map((line) => line.bytes))
  const paxName = Buffer.concat([Buffer.from('PaxHeaders.0/'), asciiOf(lastPart(name))]).subarray(0, NAME_SIZE)
  const header = { name: '', kind: 'pax', mode: 0o644, uid: 0, gid: 0, size: pax.length, mtime: 0n } as const
  return Buffer.concat([
    ustarBlock(header, { prefix: Buffer.alloc(0), name: paxName }, Buffer.alloc(0)),
    pax,
    new Uint8Array(tarPadding(pax.length)),
    main,
  ])
}

const NAME_SIZE = 100
const PREFIX_SIZE = 155
const MAX_ID = 0o7777777
const MAX_SIZE = 0o77777777777
const NANOSECONDS = 1_000_000_000n
const SLASH = 0x2f

const typeFlags = {
  file: '0',
  'hard-link': '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  folder: '5',
  fifo: '6',
  pax: 'x',
} as const satisfies Record<TarKind | 'pax', string>

function bytesOf(text: string | Uint8Array): Buffer {
  const bytes = Buffer.from(text)
  // A NUL ends a name for every reader, and what follows would be said only to some of them.
  if (bytes.includes(0)) throw new RangeError('a name in an archive holds a NUL')
  return bytes
}

function nameOf(entry: TarEntry): Buffer {
  const name = bytesOf(entry.name)
  if (name.length === 0) throw new RangeError('a name in an archive is empty')
  return entry.kind === 'folder' && name.at(-1) !== SLASH ? Buffer.concat([name, Buffer.from('/')]) : name
}

function sizeOf(entry: { readonly kind: TarKind | 'pax'; readonly size?: number }): number {
  return entry.kind === 'file' || entry.kind === 'pax' ? (entry.size ?? 0) : 0
}

interface SplitName {
  readonly prefix: Uint8Array
  readonly name: Uint8Array
}

/** The name in ustar's two fields; undefined when they do not hold it. */
function splitName(name: Buffer): SplitName | undefined {
  if (!isAscii(name)) return undefined
  if (name.length <= NAME_SIZE) return { prefix: Buffer.alloc(0), name }
  if (name.length > PREFIX_SIZE + 1 + NAME_SIZE) return undefined
  // A folder's last slash belongs to its name: neither field may be empty.
  const cut = name.subarray(0, -1).lastIndexOf(SLASH, PREFIX_SIZE)
  if (cut <= 0 || name.length - cut - 1 > NAME_SIZE) return undefined
  return { prefix: name.subarray(0, cut), name: name.subarray(cut + 1) }
}

function fits(link: Buffer): boolean {
  return link.length <= NAME_SIZE && isAscii(link)
}

function isAscii(bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index++) if ((bytes[index] ?? 0) >= 0x80) return false
  return true
}

/** What of a name is put where readers without pax look: they get something, the others the record. */
function asciiOf(name: Buffer): Buffer {
  return Buffer.from(name.filter((byte) => byte < 0x80)).subarray(0, NAME_SIZE)
}

function lastPart(name: Buffer): Buffer {
  const trimmed = name.at(-1) === SLASH ? name.subarray(0, -1) : name
  return trimmed.subarray(trimmed.lastIndexOf(SLASH) + 1)
}

interface PaxRecord {
  readonly key: string
  readonly bytes: Buffer
}

function byKey(one: PaxRecord, other: PaxRecord): number {
  return one.key < other.key ? -1 : 1
}

function extensions(entry: TarEntry): PaxRecord[] {
  const records: PaxRecord[] = []
  const seconds = entry.mtime / NANOSECONDS
  if (entry.mtime < 0n || entry.mtime % NANOSECONDS !== 0n || seconds > MAX_SIZE)
    records.push(record('mtime', Buffer.from(decimalTime(entry.mtime))))
  for (const key of ['uid', 'gid'] as const) if (entry[key] > MAX_ID) records.push(record(key, Buffer.from(String(entry[key]))))
  if (sizeOf(entry) > MAX_SIZE) records.push(record('size', Buffer.from(String(entry.size))))
  for (const [name, value] of entry.xattrs ?? []) records.push(record(`SCHILY.xattr.${escapeKey(name)}`, Buffer.from(value)))
  return records
}

/** As GNU tar writes names that would be taken for the end of the key. */
function escapeKey(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('=', '%3D')
}

/** Seconds with as many decimals as it takes, the sign in front of all: -0.5 is half a second before 1970. */
function decimalTime(time: bigint): string {
  const [sign, amount] = time < 0n ? ['-', -time] : ['', time]
  const fraction = String(amount % NANOSECONDS)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${sign}${amount / NANOSECONDS}${fraction === '' ? '' : `.${fraction}`}`
}

/** `length key=value\n`, the length counting its own digits. */
function record(key: string, value: Uint8Array): PaxRecord {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')])
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return { key, bytes: Buffer.concat([Buffer.from(String(length)), rest]) }
}

type BlockEntry = Omit<TarEntry, 'kind'> & { readonly kind: TarKind | 'pax' }

function ustarBlock(entry: BlockEntry, { prefix, name }: SplitName, link: Uint8Array): Buffer {
  const block = Buffer.alloc(TAR_BLOCK)
  block.set(name, 0)
  octal(block, 100, 8, entry.mode & 0o7777)
  octal(block, 108, 8, entry.uid)
  octal(block, 116, 8, entry.gid)
  octal(block, 124, 12, sizeOf(entry))
  octal(block, 136, 12, Number(entry.mtime / NANOSECONDS))
  block.write(typeFlags[entry.kind], 156, 'latin1')
  block.set(link, 157)
  block.write('ustar\x0000', 257, 'latin1')
  if (entry.device !== undefined) {
    octal(block, 329, 8, entry.device.major)
    octal(block, 337, 8, entry.device.minor)
  }
  block.set(prefix, 345)
  // The sum is taken with its own field full of spaces.
  let sum = 8 * 0x20
  for (let index = 0; index < TAR_BLOCK; index++) sum += block[index] ?? 0
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** Numbers that do not fit are zero here and in a pax record. */
function octal(block: Buffer, at: number, width: number, value: number): void {
  const digits = Math.max(value, 0).toString(8)
  block.write((digits.length < width ? digits : '0').padStart(width - 1, '0'), at, 'latin1')
}
