/** The Docker Engine API, as the extension speaks it to any engine. */
import type { Duplex, Readable } from 'node:stream'
import type { z } from 'zod'

/** A fresh connection to the engine: a unix socket, or a channel of an SSH connection. */
export type Connect = (signal?: AbortSignal) => Promise<Duplex>

export interface EngineRequest {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** Sent as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Errors of all: `EngineError` (`engine-error.ts`), with the engine's own words and the code where it is Pocker. */
export interface EngineClient {
  /** The answer's JSON, checked. `undefined` as schema: the answer is dropped. */
  ask<T>(method: string, path: string, schema: z.ZodType<T>, request?: EngineRequest): Promise<T>
  tell(method: string, path: string, request?: EngineRequest): Promise<void>
  /** The body as it comes; destroying it ends the request. */
  stream(method: string, path: string, request?: EngineRequest & { readonly input?: Readable }): Promise<Readable>
  /** JSON values one after the other (events, pull). */
  lines<T>(method: string, path: string, schema: z.ZodType<T>, request?: EngineRequest & { readonly input?: Readable }): AsyncIterable<T>
  /** An upgraded connection (attach, exec start): raw with a terminal, Docker's frames without. */
  hijack(path: string, request?: EngineRequest): Promise<Duplex>
}
