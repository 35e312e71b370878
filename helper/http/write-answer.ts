import type { ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'
import { pump } from './pump.ts'
import { refuse } from './refuse.ts'
import type { ErrorAnswer } from './status.ts'

type Headers = Readonly<Record<string, string>>

/** Puts an answer that stays within HTTP on the wire. Resolves when it is written or the client has gone. Errors: the answer's source's. */
export async function writeAnswer(response: ServerResponse, headers: Headers, answer: Exclude<Answer, { kind: 'hijack' }>): Promise<void> {
  switch (answer.kind) {
    case 'empty':
      response.writeHead(answer.status, headers).end()
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
  }
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
