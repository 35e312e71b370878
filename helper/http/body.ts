import type { Readable } from 'node:stream'
import type { z } from 'zod'
import { PockerError } from '../api/errors.ts'
import type { ApiRequest } from './route.ts'

/** Bytes. The largest create request seen from Docker's clients is a few hundred kilobytes. */
export const BODY_LIMIT = 4 * 1024 * 1024

/** The request's body by its schema. Errors: ZodError, InvalidParameter `empty-body` and those of `ApiRequest.json`. */
export async function readRequest<T extends z.ZodType>(request: ApiRequest, schema: T): Promise<z.output<T>> {
  const body = await request.json()
  if (body === undefined)
    throw new PockerError('InvalidParameter', `read request: ${request.title} needs a JSON body`, { code: 'empty-body' })
  return schema.parse(body)
}

/**
 * Parses a body that was read whole; undefined when there is none.
 * Only `application/json` is taken, since a web page can make a browser send any other type to anywhere without asking.
 * Errors: InvalidParameter `unsupported-media-type`, `invalid-json`.
 */
export function parseJson(body: Buffer, contentType: string | undefined): unknown {
  if (body.length === 0) return undefined
  if (!isJson(contentType)) {
    const message = `unsupported Content-Type header (${contentType ?? ''}): must be 'application/json'`
    throw new PockerError('InvalidParameter', message, { code: 'unsupported-media-type' })
  }
  try {
    return JSON.parse(body.toString())
  } catch (cause) {
    throw new PockerError('InvalidParameter', 'read request: its body is not JSON', { code: 'invalid-json', cause })
  }
}

/** Whether the request says that its body is JSON. */
export function isJson(contentType: string | undefined): boolean {
  return /^application\/json\s*(;|$)/i.test(contentType ?? '')
}

/** Reads a stream to its end. Errors: InvalidParameter `request-too-large`, Cancelled `request-cut-short`. */
export function readAll(source: Readable): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const pieces: Buffer[] = []
  let size = 0
  const onData = (piece: Buffer) => {
    size += piece.length
    pieces.push(piece)
    if (size <= BODY_LIMIT) return
    // The listener goes, the stream stays: destroying it would take the connection, and with it the answer.
    source.off('data', onData)
    reject(tooLarge())
  }
  source.on('data', onData)
  source.once('end', () => resolve(Buffer.concat(pieces, size)))
  source.once('error', (cause) => reject(cutShort(cause)))
  source.once('close', () => reject(cutShort()))
  return promise
}

/** Reads this many bytes and leaves the rest in the stream, which must not be flowing. Errors: as `readAll`. */
export async function readExactly(source: Readable, length: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let missing = length
  while (missing > 0) {
    const piece: unknown = source.read(Math.min(missing, source.readableLength))
    if (piece instanceof Buffer) {
      pieces.push(piece)
      missing -= piece.length
    } else {
      await readable(source)
    }
  }
  return Buffer.concat(pieces, length)
}

function readable(source: Readable): Promise<void> {
  if (source.readableEnded || source.destroyed) throw cutShort()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onEnd = () => reject(cutShort())
  source.once('readable', resolve)
  source.once('end', onEnd)
  source.once('close', onEnd)
  return promise.finally(() => source.off('readable', resolve).off('end', onEnd).off('close', onEnd))
}

/** The refusal of a body that is over the limit. */
export function tooLarge(): PockerError {
  return new PockerError('InvalidParameter', `read request: its body is larger than ${BODY_LIMIT} bytes`, { code: 'request-too-large' })
}

/** What a body ends with whose client has gone. */
export function cutShort(cause?: unknown): PockerError {
  const message = 'read request: the client went before its body was complete'
  return new PockerError('Cancelled', message, { code: 'request-cut-short', cause })
}
