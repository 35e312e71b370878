/** The Docker Engine API, as the extension speaks it to any engine. */
import type { Duplex, Readable } from 'node:stream'
import type { z } from 'zod'

/** A fresh connection to the engine: a unix socket, or a channel of an SSH connection. */
export type Connect = () => Promise<Duplex>

export interface EngineRequest {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** Sent as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Milliseconds until the answer's head must be there, a minute when left out; 0 is no limit. */
  readonly timeout?: number
  /** Told of the headers of an upgrade's answer, which has no body to say more in. */
  readonly onHeaders?: (headers: NodeJS.Dict<string | string[]>) => void
}

/** Paths have their variable parts encoded already. Errors of all: `EngineError` (`engine-error.ts`), with the engine's own words. */
export interface EngineClient {
  /** The answer's JSON, checked. */
  ask<T>(method: string, path: string, schema: z.ZodType<T>, request?: EngineRequest): Promise<T>
  /** For actions: the answer is dropped. */
  tell(method: string, path: string, request?: EngineRequest): Promise<void>
  /** The headers of an answer without a body. */
  head(path: string, request?: EngineRequest): Promise<Readonly<Record<string, string>>>
  /** The body as it comes; destroying it ends the request. `input` is sent as the request's body; what it fails with is the error then. */
  stream(method: string, path: string, request?: EngineRequest & { readonly input?: Readable }): Promise<Readable>
  /** JSON values one after the other (events, pull). Ending the iteration ends the request. */
  lines<T>(method: string, path: string, schema: z.ZodType<T>, request?: EngineRequest & { readonly input?: Readable }): AsyncIterable<T>
  /** An upgraded connection (attach, exec start): raw with a terminal, Docker's frames without. */
  hijack(path: string, request?: EngineRequest): Promise<Duplex>
}
