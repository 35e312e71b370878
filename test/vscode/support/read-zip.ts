import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { inflateRaw } from 'node:zlib'

export interface ZipEntry {
  readonly name: string
  /** Of Unix; 0 when whoever made the archive did not say. */
  readonly mode: number
  read(): Promise<Buffer>
}

const END = 0x06054b50
const CENTRAL = 0x02014b50

/** Reads the directory of a zip archive of less than 4 GB, by its specification (APPNOTE.TXT). Errors: one for what is none. */
export async function readZip(path: string): Promise<ZipEntry[]> {
  const archive = await readFile(path)
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  if (end < 0 || archive.readUInt32LE(end) !== END) throw new Error(`read ${path}: it is no zip archive`)
  const entries: ZipEntry[] = []
  let at = archive.readUInt32LE(end + 16)
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    if (archive.readUInt32LE(at) !== CENTRAL) throw new Error(`read ${path}: its directory is broken`)
    const [nameLength, extraLength, commentLength] = [
      archive.readUInt16LE(at + 28),
      archive.readUInt16LE(at + 30),
      archive.readUInt16LE(at + 32),
    ]
    const [method, size, local] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 20), archive.readUInt32LE(at + 42)]
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
    const packed = archive.subarray(start, start + size)
    entries.push({
      name: archive.toString('utf8', at + 46, at + 46 + nameLength),
      mode: archive.readUInt32LE(at + 38) >>> 16,
      read: async () => (method === 0 ? packed : await promisify(inflateRaw)(packed)),
    })
    at += 46 + nameLength + extraLength + commentLength
  }
  return entries
}
