/** A blob from the content store to a registry. */
import { Transform } from 'node:stream'
import type { ContentStore } from '../store/content-store.ts'
import { discardBody } from './body.ts'
import type { Descriptor } from './manifest.ts'
import { RegistryError } from './registry-error.ts'
import { ask, type Repository } from './repository.ts'
import { retrying } from './retry.ts'
import { type Answer, checkTarget } from './send.ts'

export interface UploadOptions {
  readonly repository: Repository
  /** Paths of other repositories at this registry that may have it. */
  readonly mountFrom: readonly string[]
  readonly signal: AbortSignal
  /** Bytes so far. */
  readonly onProgress: (bytes: number) => void
}

export type Uploaded = { readonly kind: 'there' } | { readonly kind: 'uploaded' } | { readonly kind: 'mounted'; readonly from: string }

/** Each costs a request, and a token of its own where there are tokens. */
const MOUNTS_TRIED = 2

/**
 * Sees to it that the registry has the blob: it is there, is taken over from another repository, or is sent, from where a dropped
 * connection has left off. See https://github.com/opencontainers/distribution-spec, "Pushing blobs".
 * Errors: Internal `blob-corrupt` before the registry has taken it; `bad-answer`, `unsafe-redirect`; those of `ask` and the store.
 */
export async function uploadBlob(content: ContentStore, blob: Descriptor, options: UploadOptions): Promise<Uploaded> {
  const { repository, signal } = options
  const { firstDelay } = repository.registries
  if (await retrying({ signal, firstDelay }, () => isThere(repository, blob, signal))) return { kind: 'there' }
  let location: URL | undefined
  for (const from of options.mountFrom.slice(0, MOUNTS_TRIED)) {
    const answer = await mount(options, blob, from)
    if (answer === 'mounted') return { kind: 'mounted', from }
    location = answer
    // A registry that knows mounts and has not made one has begun an upload instead.
    if (location !== undefined) break
  }
  const upload: Upload = { content, blob, options, location, isBegun: false, sent: 0 }
  let before = 0
  const hasProgressed = () => {
    const won = upload.sent - before >= PROGRESS
    before = upload.sent
    return won
  }
  await retrying({ signal, firstDelay, hasProgressed }, () => send(upload))
  return { kind: 'uploaded' }
}

/** So much must have arrived for a dropped connection not to count. */
const PROGRESS = 1 << 20

async function isThere(repository: Repository, { digest }: Descriptor, signal: AbortSignal): Promise<boolean> {
  const { status, body } = await ask(repository, { method: 'HEAD', target: `/blobs/${digest}`, signal, accept: [200, 404] })
  discardBody(body)
  return status === 200
}

async function mount({ repository, signal }: UploadOptions, { digest }: Descriptor, from: string): Promise<'mounted' | URL | undefined> {
  const query = new URLSearchParams({ mount: digest, from })
  try {
    const answer = await ask(repository, {
      method: 'POST',
      target: `/blobs/uploads/?${query}`,
      headers: EMPTY,
      signal,
      accept: [201, 202],
      reads: from,
    })
    discardBody(answer.body)
    return answer.status === 201 ? 'mounted' : locationOf(repository, answer)
  } catch (error) {
    // Somebody who may not read the other repository can still upload.
    if (error instanceof RegistryError && (error.kind === 'Forbidden' || error.kind === 'NotFound' || error.code === 'registry-refused'))
      return undefined
    throw error
  }
}

const EMPTY = { 'content-length': '0' }

interface Upload {
  readonly content: ContentStore
  readonly blob: Descriptor
  readonly options: UploadOptions
  /** Where the registry wants the bytes, since it has said so. */
  location: URL | undefined
  /** Bytes may have been sent there. */
  isBegun: boolean
  /** Bytes that the registry is known to have. */
  sent: number
}

async function send(upload: Upload): Promise<void> {
  const { blob, options } = upload
  if (upload.location !== undefined && upload.isBegun) await continueAt(upload)
  if (upload.location === undefined) {
    const { repository, signal } = options
    const answer = await ask(repository, { method: 'POST', target: '/blobs/uploads/', headers: EMPTY, signal, accept: [202] })
    discardBody(answer.body)
    upload.location = locationOf(repository, answer)
    upload.sent = 0
  }
  upload.isBegun = true
  if (upload.sent === 0) {
    await finish(upload, { size: blob.size })
    return
  }
  if (upload.sent < blob.size) await sendRest(upload)
  await finish(upload, { size: 0 })
}

/** Asks how much has arrived; an upload that the registry no longer knows begins anew. */
async function continueAt(upload: Upload): Promise<void> {
  const { options, blob } = upload
  const { repository, signal } = options
  const target = upload.location
  if (target === undefined) return
  upload.location = undefined
  const answer = await ask(repository, { method: 'GET', target, signal, accept: [200, 204, 400, 404, 405, 416] })
  discardBody(answer.body)
  if (answer.status !== 204) return
  const last = /^(?:bytes=)?0-([0-9]{1,15})$/.exec(answer.headers.range ?? '')?.[1]
  // `0-0` means both nothing and one byte.
  const sent = last === undefined || last === '0' ? 0 : Number(last) + 1
  if (sent === 0 || sent > blob.size) return
  upload.sent = sent
  upload.location = answer.headers.location === undefined ? target : locationOf(repository, answer)
}

/** What is missing, as a chunk. */
async function sendRest(upload: Upload): Promise<void> {
  const { blob, options, sent, location } = upload
  const { repository, signal } = options
  if (location === undefined) return
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': String(blob.size - sent),
    'content-range': `${sent}-${blob.size - 1}`,
  }
  const answer = await ask(repository, {
    method: 'PATCH',
    target: location,
    headers,
    body: () => bytesFrom(upload, sent),
    signal,
    accept: [202, 204],
  })
  discardBody(answer.body)
  upload.sent = blob.size
  upload.location = locationOf(repository, answer)
}

/** Ends the upload; with the whole blob as its body when nothing has been sent before. */
async function finish(upload: Upload, { size }: { size: number }): Promise<void> {
  const { blob, options, location } = upload
  const { repository, signal } = options
  if (location === undefined) return
  const target = new URL(location)
  target.searchParams.set('digest', blob.digest)
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size) }
  const body = size === 0 ? {} : { body: () => bytesFrom(upload, 0) }
  const answer = await ask(repository, { method: 'PUT', target, headers, ...body, signal, accept: [200, 201, 204] })
  discardBody(answer.body)
}

/** The blob from there on. It is read from its beginning, so that a damaged one is found out before the registry has all of it. */
function bytesFrom({ content, blob, options }: Upload, start: number): Transform {
  let position = 0
  const source = content.stream(blob.digest)
  const counted = new Transform({
    transform(piece: Buffer, _encoding, done) {
      const rest = piece.subarray(Math.max(0, start - position))
      position += piece.length
      if (position > start) options.onProgress(position)
      done(null, rest)
    },
    destroy(error, done) {
      source.destroy()
      done(error)
    },
  })
  source.on('error', (error) => counted.destroy(error))
  return source.pipe(counted)
}

/** Errors: Unavailable `bad-answer`, `unsafe-redirect`. */
function locationOf({ name, endpoint }: Repository, { headers, url }: Answer): URL {
  const location = headers.location === undefined ? null : URL.parse(headers.location, url.href)
  if (location === null) {
    throw new RegistryError('Unavailable', `push '${name}': registry ${endpoint.host} does not say where to send to`, {
      code: 'bad-answer',
    })
  }
  checkTarget(url, location)
  return location
}
