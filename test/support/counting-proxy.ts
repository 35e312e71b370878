/** A way to a registry that counts what passes, can slow it down, and can break. */
import { createServer, type IncomingMessage, type RequestListener, request, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Passed {
  readonly method: string
  readonly path: string
  readonly range: string | undefined
  status: number
  /** Bytes of the answer's body that went through. */
  bytes: number
}

export interface CountingProxy extends AsyncDisposable {
  /** `127.0.0.1:PORT`, to be used in the registry's place. */
  readonly address: string
  /** Every request so far, in the order they came. */
  readonly passed: Passed[]
  /** Of blobs that were asked for, their digests; HEAD is none. */
  fetchedBlobs(): string[]
  /** From now on: at most so many bytes a second for each answer. */
  slowDown(bytesPerSecond: number): void
  /** From now on: each blob's answer breaks off after so many bytes, as often as said. */
  breakBlobs(options: { after: number; times: number }): void
  /** From now on no connection is taken and all that there are break. */
  goAway(): void
  /** Resolves when a blob's answer has brought its first bytes. */
  firstBytes(): Promise<void>
}

/** Starts one before the registry at `upstream` (`HOST:PORT`, no TLS). */
export async function startCountingProxy(upstream: string): Promise<CountingProxy> {
  const passed: Passed[] = []
  const rules = { rate: Number.POSITIVE_INFINITY, after: Number.POSITIVE_INFINITY, times: 0 }
  const begun = Promise.withResolvers<void>()
  const forward: RequestListener = (asked, answer) => {
    const entry: Passed = { method: asked.method ?? '', path: asked.url ?? '', range: asked.headers.range, status: 0, bytes: 0 }
    passed.push(entry)
    const [host, port] = upstream.split(':')
    const onward = request({ host, port, method: asked.method, path: asked.url, headers: asked.headers }, (from) => {
      entry.status = from.statusCode ?? 0
      answer.writeHead(entry.status, from.headers)
      const isBlob = asked.method === 'GET' && /\/blobs\/sha256:/.test(entry.path)
      const limit = isBlob && rules.times-- > 0 ? rules.after : Number.POSITIVE_INFINITY
      copy({ from, answer, entry, limit, rate: () => rules.rate, began: () => isBlob && begun.resolve() }).catch(() => answer.destroy())
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    asked.on('error', () => onward.destroy())
    asked.pipe(onward)
  }
  const server = createServer(forward)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const place = server.address()
  if (place === null || typeof place === 'string') throw new Error('start a proxy: it has no port')
  const goAway = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return {
    address: `127.0.0.1:${place.port}`,
    passed,
    fetchedBlobs: () =>
      passed.flatMap(({ method, path }) => (method === 'GET' ? [/\/blobs\/(sha256:[0-9a-f]{64})/.exec(path)?.[1] ?? []].flat() : [])),
    slowDown(bytesPerSecond) {
      rules.rate = bytesPerSecond
    },
    breakBlobs(options) {
      Object.assign(rules, options)
    },
    goAway,
    firstBytes: () => begun.promise,
    async [Symbol.asyncDispose]() {
      goAway()
    },
  }
}

interface Copying {
  readonly from: IncomingMessage
  readonly answer: ServerResponse
  readonly entry: Passed
  readonly limit: number
  readonly rate: () => number
  readonly began: () => void
}

async function copy({ from, answer, entry, limit, rate, began }: Copying): Promise<void> {
  for await (const chunk of from) {
    const piece: Buffer = Buffer.from(chunk).subarray(0, limit - entry.bytes)
    entry.bytes += piece.length
    if (!answer.write(piece)) await roomIn(answer)
    if (answer.destroyed) return
    began()
    if (entry.bytes >= limit) return void answer.destroy()
    if (Number.isFinite(rate())) await sleep((piece.length / rate()) * 1000)
  }
  answer.end()
}

/** Until it takes more, or nobody is there any more. */
function roomIn(answer: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      answer.off('drain', go).off('close', go)
      resolve()
    }
    if (answer.destroyed) resolve()
    else answer.once('drain', go).once('close', go)
  })
}
