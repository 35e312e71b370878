/** Requests that move images, as plain as can be: their bodies and answers are streams, and the last line may be an error. */
import { createReadStream, createWriteStream } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'

export interface Message {
  readonly status?: string
  readonly id?: string
  readonly stream?: string
  readonly aux?: Readonly<Record<string, unknown>>
  readonly progressDetail?: { readonly current?: number; readonly total?: number }
  readonly error?: string
  readonly errorDetail?: { readonly message?: string }
}

export interface Transfer {
  readonly status: number
  /** Of an answer from 400 on. */
  readonly code: string | undefined
  /** What it says went wrong: of an answer from 400 on, or of the last line. */
  readonly error: string | undefined
  readonly messages: readonly Message[]
}

export interface TransferOptions {
  /** Sent as `X-Registry-Auth`. */
  readonly auth?: { readonly username: string; readonly password: string; readonly serveraddress?: string }
  /** `linux/arm64` */
  readonly platform?: string
  readonly body?: Readable
  readonly signal?: AbortSignal
  /** Told of each message as it comes. */
  readonly onMessage?: (message: Message) => void
}

/** `POST /images/create?fromImage=`. Errors: only those of the connection, so also that the helper has ended. */
export async function pullImage(socket: string, reference: string, options: TransferOptions = {}): Promise<Transfer> {
  const platform = options.platform === undefined ? '' : `&platform=${encodeURIComponent(options.platform)}`
  return await transfer(socket, `/images/create?fromImage=${encodeURIComponent(reference)}${platform}`, options)
}

/** `POST /images/NAME/push`, the name with its tag. */
export async function pushImage(socket: string, reference: string, options: TransferOptions = {}): Promise<Transfer> {
  const colon = reference.lastIndexOf(':')
  return await transfer(socket, `/images/${reference.slice(0, colon)}/push?tag=${reference.slice(colon + 1)}`, options)
}

/** `POST /images/load` of a file. */
export async function loadImages(socket: string, archive: string, options: TransferOptions = {}): Promise<Transfer> {
  return await transfer(socket, '/images/load', { body: createReadStream(archive, { highWaterMark: 1 << 20 }), ...options })
}

/** `GET /images/get` into a file. Errors: any status but 200, and an answer that is cut short. */
export async function saveImages(socket: string, names: readonly string[], file: string): Promise<void> {
  const query = names.map((name) => `names=${encodeURIComponent(name)}`).join('&')
  const answer = await open(socket, { method: 'GET', path: `/images/get?${query}` }, {})
  if (answer.statusCode !== 200) throw new Error(`save ${names.join(', ')}: ${answer.statusCode} ${(await buffer(answer)).toString()}`)
  await pipeline(answer, createWriteStream(file))
}

/** The lines that name a finished layer, by its short digest. */
export function layersWith(status: string, { messages }: Transfer): string[] {
  return messages.flatMap((message) => (message.status === status && message.id !== undefined ? [message.id] : []))
}

/** A POST whose answer is JSON, one object a line. */
export async function transfer(socket: string, path: string, options: TransferOptions = {}): Promise<Transfer> {
  const answer = await open(socket, { method: 'POST', path }, options)
  const status = answer.statusCode ?? 0
  const messages: Message[] = []
  let rest = ''
  for await (const piece of answer.setEncoding('utf8')) {
    const lines = `${rest}${piece}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const message: Message = JSON.parse(line)
      messages.push(message)
      options.onMessage?.(message)
    }
  }
  const last: unknown = messages.at(-1)
  return {
    status,
    messages,
    code: status < 400 ? undefined : member(last, 'code'),
    error: member(last, status < 400 ? 'error' : 'message'),
  }
}

interface Asked {
  readonly method: string
  readonly path: string
}

function open(socketPath: string, asked: Asked, { auth, body, signal }: TransferOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...(auth === undefined ? {} : { 'x-registry-auth': Buffer.from(JSON.stringify(auth)).toString('base64url') }),
      ...(body === undefined ? {} : { 'content-type': 'application/x-tar' }),
    }
    const sent = request({ ...asked, socketPath, headers, agent: false, ...(signal === undefined ? {} : { signal }) }, resolve)
    sent.on('error', reject)
    if (body === undefined) sent.end()
    // The engine may answer before it has read all: what it says is in the answer.
    else pipeline(body, sent).catch(reject)
  })
}

function member(value: unknown, name: string): string | undefined {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  return typeof found === 'string' ? found : undefined
}
