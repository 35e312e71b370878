/** Bodies of answers: read within a bound, or let go. */
import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { networkError, RegistryError } from './registry-error.ts'

/** Error bodies: more than any registry says. */
export const ERROR_BODY_LIMIT = 64 * 1024

/** The whole body. Errors: Unavailable `document-too-large` above `limit` bytes, `registry-unreachable`. */
export async function readBody(body: IncomingMessage, options: { limit: number; what: string; url: URL }): Promise<Buffer> {
  const { limit, what, url } = options
  const tooLarge = () => {
    body.destroy()
    return new RegistryError('Unavailable', `read ${what} from ${url.host}: it is larger than ${limit} bytes`, {
      code: 'document-too-large',
    })
  }
  if (Number(body.headers['content-length'] ?? 0) > limit) throw tooLarge()
  const pieces: Buffer[] = []
  let size = 0
  try {
    for await (const piece of body) {
      if (!Buffer.isBuffer(piece)) throw new TypeError('a body without an encoding is made of buffers')
      size += piece.length
      if (size > limit) throw tooLarge()
      pieces.push(piece)
    }
  } catch (error) {
    throw networkError(error, url)
  }
  return Buffer.concat(pieces, size)
}

/** A JSON body of that form. Errors: Unavailable `bad-answer`; those of `readBody`. */
export async function readJsonAnswer<T extends z.ZodType>(
  { body, url }: { readonly body: IncomingMessage; readonly url: URL },
  schema: T,
  { limit, what }: { limit: number; what: string },
): Promise<z.infer<T>> {
  const bytes = await readBody(body, { limit, what, url })
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')))
  } catch (cause) {
    throw new RegistryError('Unavailable', `read ${what} from ${url.host}: it is not what the protocol says`, { code: 'bad-answer', cause })
  }
}

/** The beginning of an error's body. It never fails: the status says enough. */
export async function readErrorBody(body: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  try {
    for await (const piece of body) {
      if (!Buffer.isBuffer(piece)) break
      pieces.push(piece.subarray(0, ERROR_BODY_LIMIT - size))
      size += piece.length
      if (size >= ERROR_BODY_LIMIT) break
    }
  } catch {
    // The connection broke in the middle of an error: what has come is all there is to tell.
  }
  return Buffer.concat(pieces)
}

/** Lets the connection be used again when little is left to read, and closes it otherwise. */
export function discardBody(body: IncomingMessage): void {
  let size = 0
  body.on('error', () => undefined)
  body.on('data', (piece: Buffer) => {
    size += piece.length
    if (size > ERROR_BODY_LIMIT) body.destroy()
  })
}
