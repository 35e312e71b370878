/** A blob from a registry into the content store. */
import type { IncomingMessage } from 'node:http'
import { PockerError } from '../../api/errors.ts'
import type { BlobWriter, ContentStore } from '../store/content-store.ts'
import { discardBody } from './body.ts'
import type { Descriptor } from './manifest.ts'
import { cancelled, networkError, RegistryError } from './registry-error.ts'
import { ask, type Repository } from './repository.ts'
import { retrying } from './retry.ts'
import type { Answer } from './send.ts'

export interface DownloadOptions {
  /** Where it may come from, the best first. */
  readonly sources: readonly Repository[]
  readonly signal: AbortSignal
  /** Bytes so far. */
  readonly onProgress: (bytes: number) => void
  /** `delay` in milliseconds. */
  readonly onRetry?: (error: RegistryError, delay: number) => void
  readonly onVerify?: () => void
}

/** So much must have come for a dropped connection not to count: a server that gives a byte at a time is not worth waiting for. */
const PROGRESS = 1 << 20

/**
 * Downloads and verifies a blob; a connection that drops is taken up where it broke off. Nothing is left after a failure.
 * Errors: InvalidParameter `blob-mismatch` (other content or another size), `image-not-found`; those of `ask` and the store.
 */
export async function downloadBlob(content: ContentStore, descriptor: Descriptor, options: DownloadOptions): Promise<void> {
  const { sources } = options
  for (const [index, source] of sources.entries()) {
    try {
      await downloadFrom(source, descriptor, content, options)
      return
    } catch (error) {
      // What a mirror lacks or gets wrong, the registry itself may have.
      if (index === sources.length - 1 || !isSourcesFault(error)) throw error
    }
  }
}

/** Not of this machine's disk, nor of the user who has cancelled. */
function isSourcesFault(error: unknown): boolean {
  return error instanceof RegistryError || (error instanceof PockerError && error.code === 'blob-mismatch')
}

async function downloadFrom(source: Repository, descriptor: Descriptor, content: ContentStore, options: DownloadOptions): Promise<void> {
  const { signal, onRetry, onVerify } = options
  const writer = content.create()
  try {
    const transfer: Transfer = { source, descriptor, writer, entityTag: undefined }
    let before = 0
    const hasProgressed = () => {
      const won = writer.written - before >= PROGRESS
      before = writer.written
      return won
    }
    const retry = { signal, firstDelay: source.registries.firstDelay, hasProgressed, ...(onRetry === undefined ? {} : { onRetry }) }
    await retrying(retry, async () => {
      const answer = await request(transfer, signal)
      await receive(transfer, answer, options)
    })
    onVerify?.()
    writer.commit({ digest: descriptor.digest, size: descriptor.size })
  } finally {
    writer.abort()
  }
}

interface Transfer {
  readonly source: Repository
  readonly descriptor: Descriptor
  readonly writer: BlobWriter
  /** A strong one of the answer that began it: the rest must be of the same. */
  entityTag: string | undefined
}

async function request(transfer: Transfer, signal: AbortSignal): Promise<Answer> {
  const { source, descriptor, writer, entityTag } = transfer
  const { written } = writer
  const target = `/blobs/${descriptor.digest}`
  if (written === 0) return ask(source, { method: 'GET', target, signal, accept: [200] })
  const headers = { range: `bytes=${written}-`, ...(entityTag === undefined ? {} : { 'if-range': entityTag }) }
  const answer = await ask(source, { method: 'GET', target, headers, signal, accept: [200, 206, 416] })
  if (answer.status === 206 && startOf(answer) === written) return answer
  // The whole again, or a part that was not asked for: what there is cannot be gone on from.
  writer.reset()
  if (answer.status === 200) return answer
  answer.body.destroy()
  return ask(source, { method: 'GET', target, signal, accept: [200] })
}

function startOf({ headers }: Answer): number | undefined {
  const start = /^bytes ([0-9]{1,16})-/.exec(headers['content-range'] ?? '')?.[1]
  return start === undefined ? undefined : Number(start)
}

function receive(transfer: Transfer, { body, headers, url }: Answer, { signal, onProgress }: DownloadOptions): Promise<void> {
  const { source, descriptor, writer } = transfer
  const { etag } = headers
  transfer.entityTag = etag !== undefined && /^"[\x21\x23-\x7e]*"$/.test(etag) ? etag : undefined
  const expected = descriptor.size - writer.written
  const announced = headers['content-length'] === undefined ? expected : Number(headers['content-length'])
  if (announced !== expected) {
    body.destroy()
    return Promise.reject(wrongSize(source, descriptor, writer.written + announced))
  }
  if (expected === 0) {
    discardBody(body)
    return Promise.resolve()
  }
  return consume(body, {
    take: (piece) => {
      // Counted before it is written: a lie about the size costs no disk.
      if (writer.written + piece.length > descriptor.size) throw wrongSize(source, descriptor, writer.written + piece.length)
      writer.write(piece)
      onProgress(writer.written)
    },
    end: () => {
      if (writer.written === descriptor.size) return
      throw new RegistryError('InvalidParameter', wrongSize(source, descriptor, writer.written).message, {
        code: 'blob-mismatch',
        transient: true,
      })
    },
    failure: (error) => (signal.aborted ? cancelled(`download ${descriptor.digest}`) : networkError(error, url)),
  })
}

interface Consumer {
  readonly take: (piece: Buffer) => void
  readonly end: () => void
  readonly failure: (error: unknown) => unknown
}

/** By events: an async iterator costs a promise for each of the socket's pieces. */
function consume(body: IncomingMessage, { take, end, failure }: Consumer): Promise<void> {
  return new Promise((resolve, reject) => {
    body.on('data', (piece: Buffer) => {
      try {
        take(piece)
      } catch (error) {
        reject(error)
        body.removeAllListeners('data')
        body.destroy()
      }
    })
    body.on('end', () => {
      try {
        end()
        resolve()
      } catch (error) {
        reject(error)
      }
    })
    body.on('error', (error) => reject(failure(error)))
    body.on('close', () => reject(failure(Object.assign(new Error('closed early'), { code: 'ECONNRESET' }))))
  })
}

function wrongSize({ endpoint }: Repository, { digest, size }: Descriptor, got: number): RegistryError {
  return new RegistryError('InvalidParameter', `download ${digest} from ${endpoint.host}: it has ${got} bytes or more, not ${size}`, {
    code: 'blob-mismatch',
  })
}
