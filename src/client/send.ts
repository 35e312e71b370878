/** One HTTP request on whatever connection there is. */
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { type Duplex, pipeline, type Readable } from 'node:stream'
import type { Connect, EngineRequest } from './engine-client.ts'
import { EngineError, errorOfAnswer, errorOfConnection } from './engine-error.ts'

export interface Sending extends EngineRequest {
  readonly method: string
  /** With the API's version. */
  readonly path: string
  readonly input?: Readable
}

const PATIENCE = 60_000
const LONGEST_ERROR = 64 << 10

/** Makes connections for node:http. Where one costs a round trip, those that have become free are used again. */
export function agentOf(connect: Connect, { reuse }: { reuse: boolean }): Agent {
  const agent = new Agent({ keepAlive: reuse, maxFreeSockets: 8 })
  agent.createConnection = (_options, callback) => {
    connect().then(
      (stream) => callback?.(null, stream),
      // node:http takes no stream beside an error, whatever the type says.
      (error: unknown) => Reflect.apply(callback ?? (() => {}), undefined, [errorOfConnection(error)]),
    )
    return undefined
  }
  return agent
}

/** The answer, once its head is there and says that all is well. Errors: EngineError. */
export async function send(agent: Agent, sending: Sending): Promise<IncomingMessage> {
  const { message } = await exchange(agent, sending)
  const status = message.statusCode ?? 0
  if (status >= 200 && status < 300) return message
  throw errorOfAnswer(status, await textOf(message, LONGEST_ERROR))
}

/** The connection itself after an upgrade. Errors: EngineError. */
export async function sendUpgrade(agent: Agent, sending: Sending): Promise<Duplex> {
  const headers = { Connection: 'Upgrade', Upgrade: 'tcp', ...sending.headers }
  const { message, socket } = await exchange(agent, { ...sending, headers })
  if (socket !== undefined) {
    sending.onHeaders?.(message.headers)
    return socket
  }
  const status = message.statusCode ?? 0
  if (status >= 400) throw errorOfAnswer(status, await textOf(message, LONGEST_ERROR))
  message.destroy()
  throw new EngineError('bad-answer', 'the engine does not hand its connection over')
}

/** A body as text. Errors: EngineError `bad-answer` for one of more than `limit` bytes, `connection-lost`. */
export async function textOf(message: Readable, limit: number): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  try {
    for await (const piece of message) {
      size += piece.length
      if (size > limit) throw new EngineError('bad-answer', `the answer has more than ${limit} bytes`)
      pieces.push(piece)
    }
  } catch (error) {
    throw errorOfConnection(error)
  }
  return Buffer.concat(pieces).toString('utf8')
}

interface Answer {
  readonly message: IncomingMessage
  /** Of an upgraded connection. */
  readonly socket?: Duplex
}

function exchange(agent: Agent, { method, path, query, body, headers, signal, timeout = PATIENCE, input }: Sending): Promise<Answer> {
  const json = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      agent,
      method,
      path: path + queryText(query),
      headers: {
        Host: 'pocker',
        ...(json === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(json) }),
        ...headers,
      },
      ...(signal === undefined ? {} : { signal }),
    })
    const timer =
      timeout === 0
        ? undefined
        : setTimeout(() => request.destroy(new EngineError('timed-out', `no answer within ${timeout / 1000} s`)), timeout)
    const settle = (answer: Answer) => {
      clearTimeout(timer)
      resolve(answer)
    }
    request.once('response', (message) => settle({ message }))
    request.once('upgrade', (message, socket, head) => {
      if (head.length > 0) socket.unshift(head)
      settle({ message, socket })
    })
    // After the head an error is the stream's: whoever reads it sees it there.
    request.on('error', (error) => {
      clearTimeout(timer)
      reject(errorOfConnection(error))
    })
    if (input === undefined) request.end(json)
    else sendInput(input, request, reject)
  })
}

/** An input that breaks off must not become a request that ended well, and its error, such as that of a local file, is not the connection's. */
function sendInput(input: Readable, request: ClientRequest, fail: (error: unknown) => void): void {
  pipeline(input, request, (error) => {
    // A request that has no connection yet ends without an error of its own.
    if (error != null) fail(input.errored ?? new EngineError('cancelled', 'the input was closed', { cause: error }))
  })
}

function queryText(query: EngineRequest['query']): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) parameters.set(name, String(value))
  const text = parameters.toString()
  return text === '' ? '' : `?${text}`
}
