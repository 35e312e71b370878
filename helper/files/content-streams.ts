/** Contents of files, as streams. */
import { Readable } from 'node:stream'
import type { FileStat } from '../api/files.ts'
import type { FileServer } from './file-server.ts'
import { type FileRequests, PIECE } from './requests.ts'

/**
 * Opens a file and hands out its content as fast as it is taken, in constant memory. Errors: those of `FileServer.ask`; of the content,
 * those that come up later.
 */
export async function readContent(
  server: FileServer,
  request: FileRequests['open'],
): Promise<{ readonly stat: FileStat; readonly content: Readable }> {
  const { result, payload } = await server.ask('open', request)
  const { stat, handle } = result
  if (handle === undefined) return { stat, content: Readable.from(payload.length === 0 ? [] : [payload], { objectMode: false }) }
  return { stat, content: contentOf(server, handle, payload) }
}

function contentOf(server: FileServer, handle: number, first: Buffer): Readable {
  const hold = server.hold((error) => content.destroy(error))
  let isWhole = false
  let next: Buffer | undefined = first
  const read = async (): Promise<void> => {
    const piece = next ?? (await more())
    next = undefined
    content.push(piece)
    if (isWhole) content.push(null)
  }
  const more = async (): Promise<Buffer> => {
    const { result, payload } = await server.ask('read', { handle })
    isWhole = result.isLast
    return payload
  }
  const content: Readable = new Readable({
    // One piece is read ahead.
    highWaterMark: 2 * PIECE,
    read: () => void read().catch((error: unknown) => content.destroy(error instanceof Error ? error : new Error(String(error)))),
    destroy(error, callback) {
      if (!isWhole) server.ask('close', { handle }).catch(() => undefined) // it is gone, and the file with it
      hold[Symbol.dispose]()
      callback(error)
    },
  })
  return content
}

/**
 * Writes a file whose content comes as a stream. Nothing is changed before all of it is there, nor when the stream fails.
 * Errors: those of `FileServer.ask`, the stream's own.
 */
export async function writeContent(server: FileServer, request: FileRequests['create'], content: Readable): Promise<FileStat> {
  // Whoever sends it may take their time, and is to know at once.
  using _ = server.hold((error) => content.destroy(error))
  const { handle } = (await server.ask('create', request)).result
  try {
    // One piece is written while the next one comes.
    let last: Promise<unknown> = Promise.resolve()
    for await (const payload of evenPieces(content)) {
      await last
      last = server.ask('write', { handle }, { payload })
      last.catch(() => undefined) // it is awaited in its turn
    }
    await last
    return (await server.ask('commit', { handle })).result
  } catch (error) {
    await server.ask('close', { handle }).catch(() => undefined) // it is gone, and the file with it
    throw error
  }
}

/** The stream in pieces of one size: each costs a round trip, and a frame has a bound. */
async function* evenPieces(content: Readable): AsyncGenerator<Buffer, void> {
  let gathered: Buffer[] = []
  let size = 0
  for await (const piece of content) {
    gathered.push(piece)
    size += piece.length
    if (size < PIECE) continue
    const whole = Buffer.concat(gathered, size)
    for (let from = 0; from < whole.length; from += PIECE) yield whole.subarray(from, from + PIECE)
    gathered = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(gathered, size)
}
