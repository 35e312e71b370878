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
  const hold = server.hold()
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
  using _ = server.hold()
  const { handle } = (await server.ask('create', request)).result
  try {
    for await (const piece of content) for (const payload of cut(piece)) await server.ask('write', { handle }, { payload })
    return (await server.ask('commit', { handle })).result
  } catch (error) {
    await server.ask('close', { handle }).catch(() => undefined) // it is gone, and the file with it
    throw error
  }
}

/** A frame has a bound, and a stream's pieces have none. */
function* cut(piece: Buffer): Generator<Buffer, void> {
  for (let from = 0; from < piece.length; from += PIECE) yield piece.subarray(from, from + PIECE)
}
