/** A user who follows a script, and an engine that remembers what it was asked. */
import assert from 'node:assert/strict'
import { type Duplex, Readable } from 'node:stream'
import type { z } from 'zod'
import type { EngineClient, EngineRequest } from '../client/engine-client.ts'
import type { Host } from '../hosts/host.ts'
import type { RunParts } from './run-flow.ts'
import type { InputQuestion, PickAnswer, PickQuestion, RunUi } from './run-ui.ts'

/** One answer: a row's id, `back`, `leave`, `text …` for an input box, `button …` for a row's button, `yes` and `no`. */
export type Script = readonly string[]

export interface ScriptedUi extends RunUi {
  readonly asked: readonly PickQuestion[]
  readonly copied: readonly string[]
  readonly shown: readonly string[]
  readonly reports: readonly string[]
  /** The part of the script that was not needed. */
  readonly rest: readonly string[]
}

/** Answers in the order of the script; a question too much fails the test. */
export function scriptedUi(script: Script): ScriptedUi {
  const rest = [...script]
  const asked: PickQuestion[] = []
  const copied: string[] = []
  const shown: string[] = []
  const reports: string[] = []
  const next = (what: string) => rest.shift() ?? assert.fail(`not in the script: ${what}`)
  return {
    asked,
    copied,
    shown,
    reports,
    rest,
    pick: async (question) => {
      asked.push(question)
      return readPick(question, next(question.title))
    },
    input: async (question) => readInput(question, next(question.title)),
    confirm: async ({ text }) => next(text) === 'yes',
    offer: async (text) => next(text) === 'yes',
    copy: async (text) => {
      copied.push(text)
    },
    show: async ({ text }) => {
      shown.push(text)
    },
    progress: async (_title, work) => await work({ report: (text) => reports.push(text), signal: new AbortController().signal }),
  }
}

function readPick(question: PickQuestion, answer: string): PickAnswer {
  if (answer === 'back') return { kind: 'back' }
  if (answer === 'leave') return { kind: 'left' }
  if (answer.startsWith('button ')) return { kind: 'button', id: answer.slice(7), button: 'remove' }
  const typed = answer.startsWith('typed ') ? question.typed?.(answer.slice(6))?.id : answer
  assert.ok(typed !== undefined && (answer !== typed || question.rows.some((row) => 'id' in row && row.id === typed)), `no row "${answer}"`)
  return { kind: 'picked', id: typed }
}

function readInput(question: InputQuestion, answer: string): string | undefined {
  if (answer === 'leave') return undefined
  assert.match(answer, /^text/)
  const text = answer.slice(5)
  assert.equal(question.check?.(text), undefined)
  return text
}

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
    model: { containers: new Map(), images: [], hasSnapshot: false, onDidChange: nothing, watch: nothing },
    connect: () => {},
    retry: () => {},
    dispose: () => {},
  }
}

/** What the flow needs, with a memory that is kept. */
export function runParts(ui: RunUi, host: Host, kept = new Map<string, unknown>()): RunParts {
  return {
    ui,
    hosts: () => [host],
    store: { get: (key) => kept.get(key), update: async (key, value) => void kept.set(key, JSON.parse(JSON.stringify(value))) },
    workspaceOf: () => '/home/me/shop',
    probeOf: () => async () => true,
    words: (error) => (error instanceof Error ? error.message : String(error)),
    now: () => 0,
  }
}
