import type { Readable } from 'node:stream'
import type { Attachment } from './backend.ts'

/** What a route's handler decides; `write-answer.ts` alone puts it on the wire. */
export type Answer =
  | { readonly kind: 'empty'; readonly status: 200 | 201 | 204; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'json'; readonly status: 200 | 201; readonly body: unknown }
  | { readonly kind: 'text'; readonly text: string; readonly headers: Readonly<Record<string, string>> }
  /** The head goes out at once, the body when the promise settles. */
  | { readonly kind: 'later'; readonly body: Promise<unknown> }
  /** Pieces go out as they come; the iteration is ended when the client goes. */
  | { readonly kind: 'stream'; readonly contentType: string; readonly pieces: AsyncIterable<Uint8Array> }
  /**
   * Lines of JSON, each sent when it is there. The head goes with the first, so that an error before it has a status of its own;
   * a later error becomes the last line.
   */
  | { readonly kind: 'progress'; readonly lines: AsyncIterable<Uint8Array> }
  /** Destroyed when the client goes. An error before its first byte has a status of its own; a later one cuts the answer off. */
  | { readonly kind: 'archive'; readonly archive: Readable; readonly headers?: Readonly<Record<string, string>> }
  /** The connection becomes the attachment's. `detachKeys` takes a terminal's client off; absent: no keys do. */
  | {
      readonly kind: 'hijack'
      readonly attachment: Attachment
      readonly detachKeys?: Uint8Array
      readonly headers?: Readonly<Record<string, string>>
    }

export const RAW_STREAM = 'application/vnd.docker.raw-stream'
export const MULTIPLEXED_STREAM = 'application/vnd.docker.multiplexed-stream'

/** An answer without a body, as Docker gives to most actions. */
export const NO_CONTENT: Answer = { kind: 'empty', status: 204 }

/** 200 with a JSON body. */
export function json(body: unknown): Answer {
  return { kind: 'json', status: 200, body }
}

/** 201 with a JSON body. */
export function created(body: unknown): Answer {
  return { kind: 'json', status: 201, body }
}
