/** An engine's client on connections of any kind. */
import type { Agent } from 'node:http'
import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { Connect, EngineClient, EngineRequest } from './engine-client.ts'
import { EngineError, errorOfConnection } from './engine-error.ts'
import { jsonLines, parseValue } from './json-lines.ts'
import { agentOf, send, sendUpgrade, textOf } from './send.ts'

export interface ClientOptions {
  readonly connect: Connect
  /** Keeps connections for the next requests: worth it where making one takes a round trip. */
  readonly reuse: boolean
  /** The API version to speak, `1.47`; nothing as long as none is agreed on. */
  readonly apiVersion: () => string | undefined
}

/** A list of a thousand containers is two megabytes. */
const LARGEST_ANSWER = 64 << 20

/** A client that makes its connections as it needs them. */
export function createEngineClient({ connect, reuse, apiVersion }: ClientOptions): EngineClient & { close(): void } {
  const agent = agentOf(connect, { reuse })
  const at = (path: string) => {
    const version = path.startsWith('/pocker/') ? undefined : apiVersion()
    return version === undefined ? path : `/v${version}${path}`
  }
  const start = (method: string, path: string, request: EngineRequest & { readonly input?: Readable } = {}) =>
    sendAgain({ agent, reuse }, { ...request, method, path: at(path) })
  // What stays open has taken a connection with it. Where one costs a round trip, the next request finds another that was made meanwhile.
  const taking = async <T>(taken: Promise<T>): Promise<T> => {
    const result = await taken
    if (reuse) void start('GET', '/_ping').then(textOfPing, () => undefined)
    return result
  }
  return {
    ask: async <T>(method: string, path: string, schema: z.ZodType<T>, request?: EngineRequest) =>
      parseValue(await textOf(await start(method, path, request), LARGEST_ANSWER), schema),
    tell: async (method, path, request) => {
      await textOf(await start(method, path, request), LARGEST_ANSWER)
    },
    head: async (path, request) => {
      const message = await start('HEAD', path, request)
      message.resume()
      return Object.fromEntries(
        Object.entries(message.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
      )
    },
    stream: async (method, path, request) => await taking(start(method, path, request)),
    lines: <T>(method: string, path: string, schema: z.ZodType<T>, request?: EngineRequest & { readonly input?: Readable }) =>
      lines(() => taking(start(method, path, request)), schema),
    hijack: async (path, request) => await taking(sendUpgrade(agent, { ...request, method: 'POST', path: at(path) })),
    close: () => agent.destroy(),
  }
}

// A connection that was kept may have been closed by the engine in the very moment it was used again. Only what changes nothing is asked twice.
async function sendAgain({ agent, reuse }: { agent: Agent; reuse: boolean }, sending: Parameters<typeof send>[1]): ReturnType<typeof send> {
  try {
    return await send(agent, sending)
  } catch (error) {
    const isStale = reuse && error instanceof EngineError && error.code === 'connection-lost'
    if (!isStale || (sending.method !== 'GET' && sending.method !== 'HEAD') || sending.signal?.aborted === true) throw error
    return await send(agent, sending)
  }
}

/** Read to its end, so that its connection is free. What fails here fails again for who needs it, and is told there. */
async function textOfPing(message: Readable): Promise<void> {
  await textOf(message, LARGEST_ANSWER).catch(() => undefined)
}

async function* lines<T>(start: () => Promise<Readable>, schema: z.ZodType<T>): AsyncGenerator<T, void, void> {
  const message = await start()
  try {
    yield* jsonLines(message, schema)
  } catch (error) {
    throw errorOfConnection(error)
  } finally {
    message.destroy()
  }
}
