/** Archives written field by field, so that they can lie. Names are byte strings (`latin1`). */

export interface RawEntry {
  readonly name: string
  /** The header's one character; `0`, a file, when left out. */
  readonly type?: string
  readonly link?: string
  readonly data?: string | Buffer
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly mtime?: number
  readonly major?: number
  readonly minor?: number
  /** What the header says instead of the data's length: a number, or the field's bytes. */
  readonly size?: number | Buffer
  /** Records of an extended header in front. */
  readonly pax?: Readonly<Record<string, string | Buffer>>
  readonly format?: 'ustar' | 'gnu' | 'v7'
  /** Changes the header's block before its checksum is made. */
  readonly change?: (header: Buffer) => void
}

const BLOCK = 512
const magics = { ustar: 'ustar\x0000', gnu: 'ustar  \0', v7: '' } as const

/** The whole archive, with the mark of its end. */
export function rawTar(entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(rawEntry), Buffer.alloc(2 * BLOCK)])
}

/** One entry: its extended header, its header, its data and padding. */
export function rawEntry(entry: RawEntry): Buffer {
  const { pax, ...rest } = entry
  const front = pax === undefined ? [] : [rawEntry({ name: 'pax', type: 'x', data: paxRecords(pax) })]
  const data = Buffer.from(rest.data ?? '')
  return Buffer.concat([...front, headerBlock(rest, data.length), data, Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK)])
}

function headerBlock(entry: RawEntry, length: number): Buffer {
  const { size = length, format = 'ustar' } = entry
  const block = Buffer.alloc(BLOCK)
  block.write(entry.name, 0, 100, 'latin1')
  writeOctal(block, 100, 8, entry.mode ?? 0o644)
  writeOctal(block, 108, 8, entry.uid ?? 0)
  writeOctal(block, 116, 8, entry.gid ?? 0)
  if (typeof size === 'number') writeOctal(block, 124, 12, size)
  else size.copy(block, 124)
  writeOctal(block, 136, 12, entry.mtime ?? 0)
  block.write(entry.type ?? '0', 156, 'latin1')
  block.write(entry.link ?? '', 157, 100, 'latin1')
  block.write(magics[format], 257, 'latin1')
  if (format !== 'v7') {
    writeOctal(block, 329, 8, entry.major ?? 0)
    writeOctal(block, 337, 8, entry.minor ?? 0)
  }
  entry.change?.(block)
  block.fill(0x20, 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

function writeOctal(block: Buffer, offset: number, length: number, value: number): void {
  block.write(value.toString(8).padStart(length - 1, '0'), offset, length - 1, 'latin1')
}

/** The data of an extended header. */
export function paxRecords(records: Readonly<Record<string, string | Buffer>>): Buffer {
  return Buffer.concat(Object.entries(records).map(([key, value]) => paxRecord(key, Buffer.from(value))))
}

function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`, 'latin1'), value, Buffer.from('\n')])
  let length = rest.length
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.concat([Buffer.from(String(length)), rest])
}
