/** A whole log as a file. */

import { open, rename, rm } from 'node:fs/promises'
import type { LogSource } from './log-source.ts'
import { earliest, latest } from './log-time.ts'
import { type RawLine, rawLines } from './raw-lines.ts'

export interface SavedMember {
  readonly source: LogSource
  /** Before each of its lines, where there are several. */
  readonly prefix: string
}

export interface SaveOptions {
  readonly path: string
  readonly hasTimestamps: boolean
  readonly signal: AbortSignal
  /** Bytes so far. */
  readonly onProgress: (bytes: number) => void
}

const NEWLINE = Buffer.from('\n')
const RETURN = 13

/** Writes it under another name first, so that there is a whole file or none. Errors: EngineError, those of write(2); `cancelled`. */
export async function saveLog(members: readonly SavedMember[], { path, hasTimestamps, signal, onProgress }: SaveOptions): Promise<number> {
  const part = `${path}.part`
  let bytes = 0
  try {
    await using file = await open(part, 'w')
    for await (const pieces of merged(members, { hasTimestamps, signal })) {
      signal.throwIfAborted()
      await file.writeFile(pieces)
      bytes += pieces.length
      onProgress(bytes)
    }
    await file.close()
    await rename(part, path)
    return bytes
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** The lines of all, by their times, as the bytes of the file. */
async function* merged(
  members: readonly SavedMember[],
  { hasTimestamps, signal }: Pick<SaveOptions, 'hasTimestamps' | 'signal'>,
): AsyncGenerator<Buffer, void, void> {
  const readers = members.map(({ source, prefix }) => ({ lines: new LineReader(rawLines(source.whole(signal))), prefix }))
  for (;;) {
    const heads = await Promise.all(readers.map(async ({ lines, prefix }) => ({ lines, prefix, batch: await lines.batch() })))
    const open = heads.filter(({ batch }) => batch.length > 0)
    if (open.length === 0) return
    const pieces: Buffer[] = []
    // Up to where each of them is known: what comes of one later may belong before what another has.
    const until = open.length === 1 ? undefined : earliest(open.map(({ batch }) => latest(batch)))
    const ready = open.flatMap(({ lines, prefix }) => lines.take(until).map((line) => ({ line, prefix })))
    if (open.length > 1) ready.sort((one, other) => Number(one.line.time - other.line.time))
    for (const { line, prefix } of ready) pieces.push(...piecesOf(line, { prefix, hasTimestamps }))
    yield Buffer.concat(pieces)
  }
}

function piecesOf(
  { time, bytes, isPart, isRest }: RawLine,
  { prefix, hasTimestamps }: { prefix: string; hasTimestamps: boolean },
): Buffer[] {
  const text = bytes.at(-1) === RETURN && !isPart ? bytes.subarray(0, -1) : bytes
  const before = isRest ? '' : `${hasTimestamps ? `${isoTime(time)} ` : ''}${prefix}`
  return [Buffer.from(before), text, ...(isPart ? [] : [NEWLINE])]
}

/** Of one log, some lines at a time. */
class LineReader {
  readonly #all: AsyncIterator<readonly RawLine[]>
  #batch: readonly RawLine[] = []

  constructor(all: AsyncIterator<readonly RawLine[]>) {
    this.#all = all
  }

  /** The lines that are there and have not been taken; none when there are no more. */
  async batch(): Promise<readonly RawLine[]> {
    while (this.#batch.length === 0) {
      const { value, done } = await this.#all.next()
      if (done === true) return []
      this.#batch = value
    }
    return this.#batch
  }

  take(until: bigint | undefined): readonly RawLine[] {
    const first = until === undefined ? -1 : this.#batch.findIndex(({ time }) => time > until)
    const taken = first === -1 ? this.#batch : this.#batch.slice(0, first)
    this.#batch = first === -1 ? [] : this.#batch.slice(first)
    return taken
  }
}

/** RFC 3339 with nanoseconds, as the engine writes it. */
function isoTime(time: bigint): string {
  const date = new Date(Number(time / 1_000_000n)).toISOString()
  return `${date.slice(0, 19)}.${String(time % 1_000_000_000n).padStart(9, '0')}Z`
}
