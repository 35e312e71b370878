import { PockerError } from '../../api/errors.ts'
import type { ByteSource } from './byte-source.ts'

/** The head of an HTTP/1.1 response. Header names are in lower case. */
export interface ResponseHead {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
}

const HEAD_LIMIT = 64 * 1024
const LINE_LIMIT = 1024

/** Reads a response's head, and leaves the source at the first byte after it. Errors: `connection-closed`, `bad-response`. */
export async function readHead(source: ByteSource): Promise<ResponseHead> {
  const text = await readUntil(source, '\r\n\r\n', HEAD_LIMIT)
  const [statusLine = '', ...lines] = text.split('\r\n')
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1]
  if (status === undefined) throw broken('what answers does not speak HTTP')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 1) throw broken('a header line has no name')
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  return { status: Number(status), headers }
}

/**
 * The bytes of a response's body, as they come; at the end the source is at the next response.
 * Errors: `connection-closed` when the body is cut short, `bad-response`.
 */
export async function* readBody(source: ByteSource, head: ResponseHead): AsyncGenerator<Uint8Array, void, void> {
  if (head.status === 204 || head.status === 304 || head.status < 200) return
  if (head.headers.get('transfer-encoding')?.toLowerCase() === 'chunked') return yield* readChunks(source)
  const length = head.headers.get('content-length')
  if (length !== undefined) {
    if (!/^\d{1,15}$/.test(length)) throw broken('its content length is no number')
    return yield* readExactly(source, Number(length))
  }
  for (let bytes = await source.next(); bytes !== undefined; bytes = await source.next()) yield bytes
}

/** Whether the connection can carry another request once this response's body is read. */
export function keepsAlive(head: ResponseHead): boolean {
  if (head.headers.get('connection')?.toLowerCase() === 'close') return false
  return head.status === 204 || head.status === 304 || head.headers.has('content-length') || head.headers.has('transfer-encoding')
}

async function* readChunks(source: ByteSource): AsyncGenerator<Uint8Array, void, void> {
  for (;;) {
    const line = await readUntil(source, '\r\n', LINE_LIMIT)
    const size = /^([0-9a-f]{1,12})\s*(?:;.*)?$/i.exec(line)?.[1]
    if (size === undefined) throw broken('a chunk has no size')
    const length = Number.parseInt(size, 16)
    if (length === 0) break
    yield* readExactly(source, length)
    if ((await readUntil(source, '\r\n', LINE_LIMIT)) !== '') throw broken('a chunk is longer than its size')
  }
  while ((await readUntil(source, '\r\n', HEAD_LIMIT)) !== '');
}

async function* readExactly(source: ByteSource, length: number): AsyncGenerator<Uint8Array, void, void> {
  let left = length
  while (left > 0) {
    const bytes = await source.next()
    if (bytes === undefined) throw closed()
    source.unread(bytes.subarray(left))
    const mine = bytes.subarray(0, left)
    left -= mine.length
    yield mine
  }
}

async function readUntil(source: ByteSource, end: string, limit: number): Promise<string> {
  let seen: Buffer = Buffer.alloc(0)
  for (;;) {
    const bytes = await source.next()
    if (bytes === undefined) throw closed()
    // The end may lie across two pieces: look again at the last bytes of what is there.
    const from = Math.max(0, seen.length - end.length)
    seen = seen.length === 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.concat([seen, bytes])
    const at = seen.indexOf(end, from, 'latin1')
    if (at >= 0) {
      source.unread(seen.subarray(at + end.length))
      return seen.toString('latin1', 0, at)
    }
    if (seen.length > limit) throw broken(`more than ${limit} bytes without an end`)
  }
}

function closed(): PockerError {
  return new PockerError('Unavailable', 'read response: the helper closed the connection', { code: 'connection-closed' })
}

function broken(cause: string): PockerError {
  return new PockerError('Unavailable', `read response: ${cause}`, { code: 'bad-response' })
}
