import type { Duplex } from 'node:stream'
import { apiError } from './api-error.ts'
import type { ByteSource } from './byte-source.ts'
import { sourceOf } from './byte-source.ts'
import type { ResponseHead } from './response.ts'
import { keepsAlive, readBody, readHead } from './response.ts'
import type { Upload } from './upload.ts'
import { startUpload } from './upload.ts'

/*
 * HTTP/1.1 by hand over the socket: loading node:http alone takes 22 ms of a `pocker run` that wants to be done in less than 100,
 * and this is all that is needed of it.
 */

export interface RequestOptions {
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is, in place of a JSON body, while the response may already come. */
  readonly upload?: AsyncIterable<Uint8Array>
  readonly query?: Query
  /** Names and values that are fit for a header. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Members that are undefined or false are left out; true is `1`, a list is the member several times. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** A response whose body is still to come. */
export interface Stream {
  readonly head: ResponseHead
  /** The body; leaving it early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>
  close(): void
}

/** A connection that has become the process's own streams. */
export interface Hijacked {
  readonly head: ResponseHead
  readonly output: AsyncIterable<Uint8Array>
  /** Resolves when the connection takes more. */
  write(bytes: Uint8Array): Promise<void>
  /** No more input will come; output still can. */
  endInput(): void
  close(): void
}

interface Connection {
  readonly socket: Duplex
  readonly source: ByteSource
}

interface Answered {
  readonly connection: Connection
  readonly head: ResponseHead
  /** Undefined when there was none. */
  readonly upload: Upload | undefined
}

/** Talks to one helper. Connections are made when needed and used again; errors of requests are PockerErrors of what the body tells. */
export class Client {
  readonly #connect: () => Promise<Duplex>
  readonly #prefix: string
  readonly #idle: Connection[] = []
  readonly #open = new Set<Duplex>()

  /** `connect` opens a connection; `prefix` is the API version's, such as `/v1.47`. */
  constructor(connect: () => Promise<Duplex>, prefix: string) {
    this.#connect = connect
    this.#prefix = prefix
  }

  /** Opens connections ahead of the requests that will want them. Errors come with those requests. */
  warm(connections: number): void {
    for (let count = 0; count < connections; count++) {
      this.#dial().then(
        (connection) => this.#idle.push(connection),
        // A request that finds no connection dials by itself, and then tells the error.
        () => undefined,
      )
    }
  }

  /** One request; its whole response as text. */
  async text(method: string, path: string, options: RequestOptions = {}): Promise<string> {
    const answered = await this.#send(method, path, options, '')
    const body = await this.#finish(answered)
    if (answered.head.status >= 400) throw apiError(answered.head.status, body)
    return body
  }

  /** One HEAD request; the head of its response. Its errors have no text of their own. */
  async head(path: string, options: RequestOptions = {}): Promise<ResponseHead> {
    const { connection, head } = await this.#send('HEAD', path, options, '')
    // Its length is that of the body that another request would have got.
    this.#release(connection, head)
    if (head.status >= 400) throw apiError(head.status, '')
    return head
  }

  /** One request; its response parsed as JSON. The caller says what it is; `undefined` for an empty one. */
  async json(method: string, path: string, options: RequestOptions = {}): Promise<unknown> {
    const body = await this.text(method, path, options)
    return body.trim() === '' ? undefined : JSON.parse(body)
  }

  /** One request; resolves when the head is there. */
  async stream(method: string, path: string, options: RequestOptions = {}): Promise<Stream> {
    const answered = await this.#send(method, path, options, '')
    const { connection, head } = answered
    if (head.status >= 400) throw apiError(head.status, await this.#finish(answered))
    return { head, body: this.#body(answered), close: () => connection.socket.destroy() }
  }

  /** One request that takes the connection over (attach, exec start). */
  async hijack(path: string, options: RequestOptions = {}): Promise<Hijacked> {
    const answered = await this.#send('POST', path, options, 'Connection: Upgrade\r\nUpgrade: tcp\r\n')
    const { connection, head } = answered
    // Docker answers 101, or 200 and then the raw stream to clients that did not ask for the upgrade.
    if (head.status !== 101 && head.status !== 200) throw apiError(head.status, await this.#finish(answered))
    const { socket, source } = connection
    return {
      head,
      output: drain(source),
      write: (bytes) => write(socket, bytes),
      endInput: () => socket.end(),
      close: () => socket.destroy(),
    }
  }

  /** Closes all connections, also those in use. */
  close(): void {
    for (const socket of this.#open) socket.destroy()
  }

  async #send(method: string, path: string, options: RequestOptions, more: string): Promise<Answered> {
    const connection = this.#takeIdle() ?? (await this.#dial())
    connection.socket.write(formatRequest(method, this.#prefix, path, options, more))
    if (options.upload === undefined) return { connection, head: await readHead(connection.source), upload: undefined }
    const upload = startUpload(connection.socket, options.upload)
    return { connection, head: await upload.orFailure(readHead(connection.source)), upload }
  }

  #takeIdle(): Connection | undefined {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (!connection.socket.destroyed && !connection.socket.readableEnded) return connection
    }
    return undefined
  }

  async #dial(): Promise<Connection> {
    const socket = await this.#connect()
    this.#open.add(socket)
    // Whoever reads the source is told; a listener must be there all the same, or an error on an idle connection ends the program.
    socket.on('error', () => undefined)
    socket.once('close', () => this.#open.delete(socket))
    return { socket, source: sourceOf(socket) }
  }

  #release(connection: Connection, head: ResponseHead, upload?: Upload): void {
    // An engine that has answered before it had all of the upload would take the rest for the next request.
    if (keepsAlive(head) && upload?.ended !== false) this.#idle.push(connection)
    else connection.socket.destroy()
  }

  async #finish({ connection, head, upload }: Answered): Promise<string> {
    const reading = collect(readBody(connection.source, head))
    const body = upload === undefined ? await reading : await upload.orFailure(reading)
    this.#release(connection, head, upload)
    return body
  }

  async *#body({ connection, head, upload }: Answered): AsyncGenerator<Uint8Array, void, void> {
    let complete = false
    try {
      yield* readBody(connection.source, head)
      await upload?.check()
      complete = true
    } catch (error) {
      // The connection broke because there was nothing more to send: that is what the user must know.
      await upload?.check()
      throw error
    } finally {
      if (complete) this.#release(connection, head, upload)
      else connection.socket.destroy()
    }
  }
}

function formatRequest(method: string, prefix: string, path: string, options: RequestOptions, more: string): string {
  const versioned = path.startsWith('/pocker/') ? path : prefix + path
  const body = options.body === undefined ? '' : JSON.stringify(options.body)
  const own = Object.entries(options.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`)
  const headers = `${bodyHeaders(method, body, options)}${own.join('')}${more}`
  return `${method} ${versioned}${formatQuery(options.query ?? {})} HTTP/1.1\r\nHost: pocker\r\n${headers}\r\n${body}`
}

function bodyHeaders(method: string, body: string, { upload }: RequestOptions): string {
  if (upload !== undefined) return 'Content-Type: application/x-tar\r\nTransfer-Encoding: chunked\r\n'
  if (body !== '') return `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`
  return method === 'GET' || method === 'HEAD' ? '' : 'Content-Length: 0\r\n'
}

function formatQuery(query: Query): string {
  const words = Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined || value === false) return []
    const values = Array.isArray(value) ? value : [value === true ? '1' : String(value)]
    return values.map((word) => `${name}=${encodeURIComponent(word)}`)
  })
  return words.length === 0 ? '' : `?${words.join('&')}`
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}

async function* drain(source: ByteSource): AsyncGenerator<Uint8Array, void, void> {
  for (let bytes = await source.next(); bytes !== undefined; bytes = await source.next()) yield bytes
}

function write(socket: Duplex, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    // A process that has ended takes no more input: that is its right, and its output tells the rest.
    socket.write(bytes, (error) => (error == null || isHangUp(error) ? resolve() : reject(error)))
  })
}

function isHangUp(error: Error): boolean {
  return 'code' in error && ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'].includes(String(error.code))
}
