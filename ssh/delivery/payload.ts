/** The program as it goes to a host: files with their hashes. */
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { payloadList } from '../../helper/api/bootstrap.ts'

export interface Payload {
  /** The folder with the files. */
  readonly source: string
  /** SHA-256 by name. */
  readonly files: Readonly<Record<string, string>>
  readonly version: string
}

/** The name of the folder that the program gets there, as the root's script makes it. */
export function programName({ files }: Payload): string {
  return createHash('sha256')
    .update(`${payloadList(files)}\n`)
    .digest('hex')
}

/** Bytes of all files. */
export function sizeOf({ source, files }: Payload): number {
  return Object.keys(files).reduce((sum, name) => sum + statSync(join(source, name)).size, 0)
}

const BLOCK = 512

/** The files as a tar archive. Errors: those of the file system. */
export async function* tarOf({ source, files }: Payload): AsyncGenerator<Buffer, void, void> {
  for (const name of Object.keys(files)) {
    const path = join(source, name)
    const { size } = statSync(path)
    yield header(name, size)
    let left = size
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
      left -= piece.length
      yield piece
    }
    if (left !== 0) throw new Error(`read ${path}: it has changed meanwhile`)
    yield Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)
  }
  yield Buffer.alloc(2 * BLOCK)
}

function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, length: number) => block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at)
  block.write(name, 0, 100)
  octal(0o644, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  block.write('        0', 148)
  block.write('ustar\x0000', 257)
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  )
  return block
}
