/** A registry in this process, as the distribution specification has it, that can be told to lie. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { TestContext } from 'node:test'
import { digestOf } from '../../testing/test-image-context.ts'
import { bodyOf, sendError, sendJson } from './answers.ts'
import { SERVER_CERTIFICATE, SERVER_KEY } from './certificates.ts'
import { answerUploads, type TestUpload } from './test-uploads.ts'

export interface SeenRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly host: string
  readonly authorization: string | undefined
  readonly range: string | undefined
}

/** Answers, or returns false to leave it to the registry. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, path: string) => boolean

export interface StoredManifest {
  readonly type: string
  readonly bytes: Buffer
}

export interface TestRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly origin: string
  readonly port: number
  readonly seen: SeenRequest[]
  /** By digest; repositories share them, but `HEAD` and mounts look at `owners`. */
  readonly blobs: Map<string, Buffer>
  /** By repository and tag or digest: `app:1`, `app@sha256:…`. */
  readonly manifests: Map<string, StoredManifest>
  /** `REPOSITORY DIGEST`. */
  readonly owners: Set<string>
  readonly uploads: Map<string, TestUpload>
  /** Asked first, the last one added before the others. */
  lie(behaviour: Behaviour): void
  /** Paths of the requests so far, such as `GET /v2/app/manifests/1`. */
  lines(): string[]
}

/** Starts it on a port of its own; it ends with the test. */
export async function startTestRegistry(test: TestContext, options: { readonly tls?: boolean } = {}): Promise<TestRegistry> {
  const behaviours: Behaviour[] = []
  const parts = { seen: [], blobs: new Map(), manifests: new Map(), owners: new Set<string>(), uploads: new Map() }
  const answer: RequestListener = (request, response) => {
    const path = request.url ?? ''
    const { authorization, range, host = '' } = request.headers
    registry.seen.push({ method: request.method ?? '', path, host, authorization, range })
    if (behaviours.toReversed().some((behaviour) => behaviour(request, response, path))) return
    answerAsRegistry(registry, request, response)
  }
  const server = options.tls === true ? createSecureServer({ cert: SERVER_CERTIFICATE, key: SERVER_KEY }, answer) : createServer(answer)
  const port = await listen(test, server)
  const registry: TestRegistry = {
    ...parts,
    host: `127.0.0.1:${port}`,
    origin: `${options.tls === true ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    lie: (behaviour) => void behaviours.push(behaviour),
    lines: () => registry.seen.map(({ method, path }) => `${method} ${path}`),
  }
  return registry
}

/** The port. The server and its connections end with the test. */
export async function listen(test: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  test.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port')
  return address.port
}

function answerAsRegistry(registry: TestRegistry, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '', registry.origin)
  const [, repository = '', kind, name = ''] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/(.*)$/.exec(url.pathname) ?? []
  if (url.pathname === '/v2/') sendJson(response, 200, {})
  else if (kind === 'tags') sendTags(registry, response, repository)
  else if (kind === 'manifests' && request.method === 'PUT') void takeManifest(registry, { repository, name }, request, response)
  else if (kind === 'manifests') sendManifest(registry, { repository, name }, request, response)
  else if (kind === 'blobs' && name.startsWith('uploads/')) void answerUploads(registry, { repository, url }, request, response)
  else if (kind === 'blobs') sendBlob(registry, { repository, name }, request, response)
  else sendError(response, 404, 'NOT_FOUND')
}

interface Named {
  readonly repository: string
  readonly name: string
}

function sendTags({ manifests }: TestRegistry, response: ServerResponse, repository: string): void {
  const tags = [...manifests.keys()].filter((key) => key.startsWith(`${repository}:`)).map((key) => key.slice(repository.length + 1))
  sendJson(response, 200, { name: repository, tags })
}

function sendManifest({ manifests }: TestRegistry, { repository, name }: Named, request: IncomingMessage, response: ServerResponse): void {
  const manifest = manifests.get(`${repository}${name.includes(':') ? '@' : ':'}${name}`)
  if (manifest === undefined) {
    sendError(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown')
    return
  }
  const { bytes, type } = manifest
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length, 'docker-content-digest': digestOf(bytes) })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

async function takeManifest(
  { manifests }: TestRegistry,
  { repository, name }: Named,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const bytes = await bodyOf(request)
  const stored = { bytes, type: request.headers['content-type'] ?? '' }
  manifests.set(`${repository}:${name}`, stored)
  manifests.set(`${repository}@${digestOf(bytes)}`, stored)
  response.writeHead(201, { 'docker-content-digest': digestOf(bytes), 'content-length': 0 }).end()
}

function sendBlob({ blobs, owners }: TestRegistry, { repository, name }: Named, request: IncomingMessage, response: ServerResponse): void {
  const blob = owners.has(`${repository} ${name}`) ? blobs.get(name) : undefined
  if (blob === undefined) {
    sendError(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry')
    return
  }
  const start = Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  const part = blob.subarray(start)
  const range = request.headers.range === undefined ? {} : { 'content-range': `bytes ${start}-${blob.length - 1}/${blob.length}` }
  response.writeHead(request.headers.range === undefined ? 200 : 206, { 'content-length': part.length, etag: `"${name}"`, ...range })
  response.end(request.method === 'HEAD' ? undefined : part)
}
