/** The part of the test registry that takes blobs. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { digestOf } from '../../testing/test-image-context.ts'
import { sendError } from './answers.ts'
import type { TestRegistry } from './test-registry.ts'

export interface TestUpload {
  readonly repository: string
  bytes: Buffer
}

export async function answerUploads(
  registry: TestRegistry,
  { repository, url }: { readonly repository: string; readonly url: URL },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uploads, owners, blobs } = registry
  if (request.method === 'POST') {
    const from = `${url.searchParams.get('from')} ${url.searchParams.get('mount')}`
    if (owners.has(from)) {
      owners.add(`${repository} ${url.searchParams.get('mount')}`)
      response.writeHead(201, { 'content-length': 0 }).end()
      return
    }
    const id = randomUUID()
    uploads.set(id, { repository, bytes: Buffer.alloc(0) })
    response.writeHead(202, { location: `/v2/${repository}/blobs/uploads/${id}?state=a%2Fb`, 'content-length': 0 }).end()
    return
  }
  const id = url.pathname.slice(url.pathname.lastIndexOf('/') + 1)
  const upload = uploads.get(id)
  if (upload === undefined || url.searchParams.get('state') !== 'a/b') {
    sendError(response, 404, 'BLOB_UPLOAD_UNKNOWN')
    return
  }
  const progress = () => ({ location: request.url ?? '', range: `0-${Math.max(0, upload.bytes.length - 1)}`, 'content-length': 0 })
  if (request.method === 'GET') {
    response.writeHead(204, progress()).end()
    return
  }
  // What has come before a connection drops stays, as in the distribution project's registry.
  for await (const piece of request) upload.bytes = Buffer.concat([upload.bytes, Buffer.from(piece)])
  if (request.method === 'PATCH') {
    response.writeHead(202, progress()).end()
    return
  }
  const digest = digestOf(upload.bytes)
  if (digest !== url.searchParams.get('digest')) {
    sendError(response, 400, 'DIGEST_INVALID')
    return
  }
  uploads.delete(id)
  blobs.set(digest, upload.bytes)
  owners.add(`${repository} ${digest}`)
  response.writeHead(201, { 'content-length': 0, 'docker-content-digest': digest }).end()
}
