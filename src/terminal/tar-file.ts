import type { Readable } from 'node:stream'
import { EngineError } from '../client/engine-error.ts'

const BLOCK = 512
const SIZE_AT = 124
const TYPE_AT = 156
/** What says more about the entry after it: long names and attributes. */
const ABOUT_THE_NEXT = 'xgLKX'

/** The first `limit` bytes of the only file of an archive, as an engine gives one; nothing where it holds no plain file. Errors: EngineError `bad-answer`. */
export async function firstFileOfTar(archive: Readable, limit: number): Promise<Buffer | undefined> {
  let bytes = Buffer.alloc(0)
  let at = 0
  const has = (end: number) => bytes.length >= end
  for await (const piece of archive) {
    bytes = Buffer.concat([bytes, piece])
    while (has(at + BLOCK)) {
      const type = String.fromCharCode(bytes[at + TYPE_AT] ?? 0)
      const size = sizeAt(bytes, at)
      if (ABOUT_THE_NEXT.includes(type)) {
        at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
        continue
      }
      if (type !== '0' && type !== '\0') return undefined
      const start = at + BLOCK
      const length = Math.min(size, limit)
      if (!has(start + length)) break
      return bytes.subarray(start, start + length)
    }
    if (bytes.length > LARGEST_HEADS + limit) throw new EngineError('bad-answer', 'the archive has no file where one was asked for')
  }
  return undefined
}

/** Heads of a path as long as can be take two blocks each. */
const LARGEST_HEADS = 64 << 10

function sizeAt(bytes: Buffer, at: number): number {
  const text = bytes.subarray(at + SIZE_AT, at + SIZE_AT + 12).toString('latin1')
  const octal = /^ *([0-7]+)/.exec(text)?.[1]
  if (octal === undefined) throw new EngineError('bad-answer', 'the answer is no archive')
  return Number.parseInt(octal, 8)
}
