/** An engine that remembers what it was asked, without any connection. */
import assert from 'node:assert/strict'
import { type Duplex, Readable } from 'node:stream'
import type { z } from 'zod'
import type { EngineClient, EngineRequest } from '../client/engine-client.ts'
import type { Host } from '../hosts/host.ts'

/** An engine's answer to `METHOD /path`: JSON, an error to throw, or a list of lines. */
export type Answers = Readonly<Record<string, unknown>>

export interface FakeClient extends EngineClient {
  readonly calls: readonly string[]
  readonly bodies: ReadonlyMap<string, unknown>
}

/** An answer by method and path, without the query. A list of answers is given one by one, the last for ever. */
export function fakeClient(answers: Record<string, readonly unknown[]>): FakeClient {
  const calls: string[] = []
  const bodies = new Map<string, unknown>()
  const left = new Map(Object.entries(answers).map(([key, list]) => [key, [...list]]))
  const answer = (method: string, path: string, request: EngineRequest | undefined): unknown => {
    const key = `${method} ${decodeURIComponent(path)}`
    const name = request?.query?.name
    calls.push(name === undefined ? key : `${key} ${name}`)
    if (request?.body !== undefined) bodies.set(key, request.body)
    const list = left.get(key) ?? assert.fail(`the engine was asked for ${key}`)
    const found = list.length > 1 ? list.shift() : list[0]
    if (found instanceof Error) throw found
    return found
  }
  return {
    calls,
    bodies,
    ask: async <T>(method: string, path: string, schema: z.ZodType<T>, request?: EngineRequest) =>
      schema.parse(answer(method, path, request)),
    tell: async (method, path, request) => void answer(method, path, request),
    head: () => assert.fail('nothing is looked at here'),
    stream: async () => Readable.from([]),
    async *lines<T>(method: string, path: string, schema: z.ZodType<T>, request?: EngineRequest) {
      const messages = answer(method, path, request)
      assert.ok(Array.isArray(messages))
      for (const message of messages) yield schema.parse(message)
    },
    hijack: (): Promise<Duplex> => assert.fail('nothing attaches here'),
  }
}

/** An error as the client throws it. */
export function engineError(status: number, code: string, message = code): Error {
  return Object.assign(new Error(message), { status, code })
}

const nothing = () => ({ dispose: () => {} })

/** A host that is ready and has no snapshot. */
export function fakeHost(client: EngineClient, isPocker = true): Host {
  return {
    id: 'local',
    label: 'this machine',
    kind: 'local',
    state: { kind: 'ready', engine: { name: 'Pocker', version: '1', apiVersion: '1.47', isPocker } },
    onDidChangeState: nothing,
    client,
    model: { containers: new Map(), images: [], hasSnapshot: false, onDidChange: nothing, refresh: () => {}, watch: nothing },
    connect: () => {},
    retry: () => {},
    dispose: () => {},
  }
}
