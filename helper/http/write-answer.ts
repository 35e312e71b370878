import type { ServerResponse } from 'node:http'
import type { ProgressMessage } from '../api/progress.ts'
import type { Answer } from './answer.ts'
import { pump } from './pump.ts'
import { refuse } from './refuse.ts'
import { type ErrorAnswer, errorAnswer } from './status.ts'

type Headers = Readonly<Record<string, string>>
type Lasting = Extract<Answer, { kind: 'progress' | 'archive' }>

export interface WriteOptions {
  /** Docker's headers of every answer. */
  readonly headers: Headers
  /** Told of an error that nobody foresaw and that became a line of the answer. */
  readonly onUnexpected: (error: unknown) => void
  /** Awaited before the end of an answer to a request whose body may not have been read whole. */
  readonly beforeEnd: () => Promise<void>
}

/** Puts an answer that stays within HTTP on the wire. Resolves when it is written or the client has gone. Errors: the answer's source's. */
export async function writeAnswer(
  response: ServerResponse,
  options: WriteOptions,
  answer: Exclude<Answer, { kind: 'hijack' }>,
): Promise<void> {
  const { headers } = options
  switch (answer.kind) {
    case 'empty':
      await options.beforeEnd()
      response.writeHead(answer.status, { ...headers, ...answer.headers }).end()
      return
    case 'json':
      writeJson(response, answer.status, headers, answer.body)
      return
    case 'text':
      response.writeHead(200, {
        ...headers,
        ...answer.headers,
        'Content-Type': 'text/plain; charset=utf-8',
        'Content-Length': answer.text.length,
      })
      response.end(answer.text)
      return
    case 'later':
      response.writeHead(200, { ...headers, 'Content-Type': 'application/json' }).flushHeaders()
      await Promise.race([answer.body.then((body) => response.end(jsonLine(body))), closed(response)])
      return
    case 'stream':
      response.writeHead(200, { ...headers, 'Content-Type': answer.contentType }).flushHeaders()
      if ((await pump(answer.pieces, response)) === 'ended') response.end()
      return
    case 'progress':
      await writeProgress(response, options, answer)
      return
    case 'archive':
      await writeArchive(response, options, answer)
      return
  }
}

async function writeProgress(
  response: ServerResponse,
  options: WriteOptions,
  answer: Extract<Lasting, { kind: 'progress' }>,
): Promise<void> {
  prepareHead(response, { ...options.headers, 'Content-Type': 'application/json' })
  try {
    if ((await pump(answer.lines, response)) === 'gone') return
  } catch (error) {
    if (!response.headersSent) throw error
    const { body, unexpected } = errorAnswer(error)
    if (unexpected) options.onUnexpected(error)
    response.write(jsonLine(failureMessage(body)))
  }
  await options.beforeEnd()
  response.end()
}

async function writeArchive(
  response: ServerResponse,
  { headers }: WriteOptions,
  { archive, ...answer }: Extract<Lasting, { kind: 'archive' }>,
): Promise<void> {
  prepareHead(response, { ...headers, 'Content-Type': 'application/x-tar', ...answer.headers })
  // What fails when the client has gone is nobody's.
  archive.on('error', () => {})
  try {
    if ((await pump(archive, response)) === 'ended') response.end()
  } finally {
    archive.destroy()
  }
}

// node:http sends it with the first piece of the body.
function prepareHead(response: ServerResponse, headers: Headers): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
}

/** Docker's last line of work that has failed. Its clients print the text and nothing else, so the hint is in it; the code is for ours. [moby: streamformatter] */
function failureMessage({ message, code, hint }: ErrorAnswer['body']): ProgressMessage {
  const text = hint === undefined ? message : `${message} (${hint})`
  return { errorDetail: { message: text }, error: text, code }
}

/** Answers with an error, or cuts the connection when an answer has already begun, so that the client does not take it for whole. */
export function writeError(response: ServerResponse, headers: Headers, error: ErrorAnswer): void {
  const { socket } = response
  if (response.headersSent) response.destroy()
  else if (error.status === 304) response.writeHead(error.status, headers).end()
  else if (response.req.complete || socket === null) writeJson(response, error.status, headers, error.body)
  else {
    // The client is still sending, and how much more is its own affair.
    response.detachSocket(socket)
    refuse(socket, headers, error)
  }
}

function writeJson(response: ServerResponse, status: number, headers: Headers, body: unknown): void {
  const payload = Buffer.from(jsonLine(body))
  response.writeHead(status, { ...headers, 'Content-Type': 'application/json', 'Content-Length': payload.length }).end(payload)
}

function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', resolve))
}

function jsonLine(body: unknown): string {
  return `${JSON.stringify(body)}\n`
}
