import type { Readable } from 'node:stream'
import type { Answer } from './answer.ts'

/** What a handler may know of a request. */
export interface ApiRequest {
  /** `POST /containers/create`, for messages. */
  readonly title: string
  /** Minor number of the API version the client asked for: 47 is v1.47. */
  readonly minorVersion: number
  /** The user who asks: root, or the one whom the socket belongs to. */
  readonly peerUid: number
  /** A decoded part of the path; it holds no NUL, is never empty, `.` or `..`. */
  parameter(name: string): string
  readonly query: URLSearchParams
  /** A header by its lower-case name. */
  header(name: string): string | undefined
  /** Fires when the client has gone before its answer was finished. */
  readonly signal: AbortSignal
  /** The request's body. Errors: InvalidParameter when it is too large or of the wrong media type. */
  json(): Promise<unknown>
  /**
   * The body of a route that `takesArchive`, as it comes and as fast as it is read. It ends with Cancelled `request-cut-short` when the
   * client goes. Whoever has read enough may destroy it: the answer gets through all the same.
   */
  body(): Readable
}

/** One endpoint, as data. */
export interface Route {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** Without version. `{id}` stands for one segment, `{name...}` for one or more. */
  readonly path: string
  /** Minor number of the API version that brought it; 41 for all that Pocker's oldest version has. */
  readonly since: number
  /** The connection may become the process's terminal or pipes: what follows the request is input. */
  readonly hijack?: true
  /** The request's body may be of any length: an archive, read by `ApiRequest.body`. */
  readonly takesArchive?: true
  readonly handle: (request: ApiRequest) => Promise<Answer> | Answer
}
