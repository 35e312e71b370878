/** What the log's tests share: a folder that goes away, random frames, and reading everything. */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import type { LogChunk, OutputChunk } from '../../http/backend.ts'
import { encodeFrame } from './frame.ts'
import { HISTORY_BLOCK, readFrames } from './reader.ts'

/** The path of a log in a folder that is removed after the test. */
export function temporaryLog(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-log-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'log')
}

export function chunk(text: string | Uint8Array, stream: LogChunk['stream'] = 1, time = 0n): LogChunk {
  return { stream, data: typeof text === 'string' ? Buffer.from(text) : text, time }
}

export function encodeFrames(chunks: readonly LogChunk[]): Buffer {
  return Buffer.concat(chunks.map(encodeFrame))
}

/** Chunks with text of few letters, so that lines are of all lengths, and some of arbitrary bytes. */
export const chunks = fc.array(
  fc.record({
    stream: fc.constantFrom<LogChunk['stream'][]>(0, 1, 2),
    data: fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'b', '\n'), minLength: 1, maxLength: 12 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ minLength: 1, maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
    ),
    time: fc.bigInt(0n, 8_000_000_000_000_000_000n),
  }),
  { maxLength: 24 },
)

/** All frames of the file, plain. */
export async function readAll(path: string, { blockSize = HISTORY_BLOCK, from = 0 } = {}): Promise<LogChunk[]> {
  const descriptor = openSync(path, 'r')
  const found: LogChunk[] = []
  try {
    for await (const batch of readFrames(descriptor, { from, to: statSync(path).size, blockSize })) found.push(...batch.frames.map(plain))
  } finally {
    closeSync(descriptor)
  }
  return found
}

/** As a comparison wants it: a frame's time is a getter, its data a view. */
export function plain({ stream, data, time }: LogChunk): LogChunk {
  return { stream, data: Buffer.from(data), time }
}

export async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const value of iterable) found.push(value)
  return found
}

export function textOf(found: readonly OutputChunk[]): string {
  return Buffer.concat(found.map(({ data }) => data)).toString()
}

export function writeFrames(path: string, ...written: readonly LogChunk[]): void {
  writeFileSync(path, encodeFrames(written), { flag: 'a' })
}
