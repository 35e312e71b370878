/** JSON requests over a unix socket, as plain as can be: tests must not share the client code that they test. */
import { Agent, type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'

export interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  /** The body: what JSON says it is, text, or undefined when there is none. */
  readonly body: unknown
}

export interface Client extends Disposable {
  /** Sends a request and reads the whole answer, whatever its status. */
  send(method: string, path: string, body?: unknown): Promise<Answer>
  /** Sends a request and hands out the answer as it comes. */
  open(method: string, path: string, body?: unknown): Promise<IncomingMessage>
}

/** A client that keeps one connection open (more only while requests overlap). */
export function makeClient(socketPath: string): Client {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1 })
  const open: Client['open'] = (method, path, body) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const headers = text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
      request({ agent, socketPath, method, path, headers }, resolve).on('error', reject).end(text)
    })
  return {
    open,
    async send(method, path, body) {
      const message = await open(method, path, body)
      const content = (await buffer(message)).toString()
      return { status: message.statusCode ?? 0, headers: message.headers, body: parseBody(message, content) }
    },
    [Symbol.dispose]() {
      agent.destroy()
    },
  }
}

function parseBody(message: IncomingMessage, content: string): unknown {
  if (content === '') return undefined
  return message.headers['content-type']?.startsWith('application/json') === true ? JSON.parse(content) : content
}
