/** Connections that break, stall and answer ranges wrongly. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { pullImage } from '../pull.ts'
import { sendError } from './testing/answers.ts'
import { makeTestPulls, NO_OPTIONS, readAll, said } from './testing/pulling.ts'
import { putRegistryImage } from './testing/registry-image.ts'
import { type Behaviour, startTestRegistry } from './testing/test-registry.ts'

const LAYER = Buffer.from(Array.from({ length: 3 << 20 }, (_, at) => (at * 7 + (at >> 9)) & 255))

async function arrange(t: TestContext, options: Parameters<typeof makeTestPulls>[1] = {}) {
  const registry = await startTestRegistry(t)
  const image = putRegistryImage(registry, { tag: '1', layers: [LAYER] })
  const blob = image.layers[0]?.digest ?? ''
  const ranges = () => registry.seen.filter(({ path }) => path.endsWith(blob)).map(({ range }) => range)
  return { ...makeTestPulls(t, options), registry, name: `${registry.host}/app:1`, blob, ranges }
}

/** The layer is cut at `length` bytes, the first `times` times that it is asked for. */
function cut(blob: string, length: number, times: number): Behaviour {
  let left = times
  return (request, response, path) => {
    if (!path.endsWith(blob) || left-- <= 0) return false
    const start = Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const isPart = request.headers.range !== undefined
    const range = isPart ? { 'content-range': `bytes ${start}-${LAYER.length - 1}/${LAYER.length}` } : {}
    response.writeHead(isPart ? 206 : 200, { 'content-length': LAYER.length - start, etag: '"x"', ...range })
    response.write(LAYER.subarray(start, start + length), () => response.destroy())
    return true
  }
}

test('a download that breaks off goes on where it was, and the retry is told', async (t) => {
  const { registry, name, pull, blob, ranges } = await arrange(t)
  registry.lie(cut(blob, 1_500_000, 1))
  const messages = await pull(name)
  assert.equal(ranges().length, 2)
  assert.match(ranges()[1] ?? '', /^bytes=[1-9][0-9]*-$/)
  assert.ok(said(messages).some((line) => line.startsWith('Retrying in')))
})

test('a download may break off often when it comes on each time', async (t) => {
  const image = Buffer.alloc(12 << 20, 'x')
  const registry = await startTestRegistry(t)
  const put = putRegistryImage(registry, { tag: '1', layers: [image] })
  registry.lie((request, response, path) => {
    if (!path.endsWith(put.layers[0]?.digest ?? '')) return false
    const start = Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const part = image.subarray(start, start + (2 << 20))
    const range = { 'content-range': `bytes ${start}-${image.length - 1}/${image.length}`, 'content-length': image.length - start }
    response.writeHead(start === 0 ? 200 : 206, start === 0 ? { 'content-length': image.length } : range)
    if (start + part.length === image.length) response.end(part)
    else response.write(part, () => response.socket?.end())
    return true
  })
  const { pull, context } = makeTestPulls(t)
  await pull(`${registry.host}/app:1`)
  assert.equal(context.records.list().length, 1)
})

test('a download that always breaks off at its beginning fails after five attempts', async (t) => {
  const { registry, name, refuses, blob, ranges } = await arrange(t)
  registry.lie(cut(blob, 1000, 100))
  await refuses(name, 'registry-unreachable')
  assert.equal(ranges().length, 5)
})

test('a registry that ignores ranges sends all again', async (t) => {
  const { registry, name, pull, context, blob } = await arrange(t)
  registry.lie((request, response, path) => {
    if (!path.endsWith(blob) || request.headers.range === undefined) return false
    response.writeHead(200, { 'content-length': LAYER.length }).end(LAYER)
    return true
  })
  registry.lie(cut(blob, 1_500_000, 1))
  await pull(name)
  assert.equal(context.content.size(context.records.list()[0]?.content?.blobs[0] ?? context.content.put(Buffer.of())), LAYER.length)
})

test('a part that was not asked for is not put behind the other', async (t) => {
  const { registry, name, pull, blob, ranges } = await arrange(t)
  registry.lie((request, response, path) => {
    if (!path.endsWith(blob) || request.headers.range === undefined) return false
    response.writeHead(206, { 'content-length': 10, 'content-range': `bytes 5-14/${LAYER.length}` }).end(LAYER.subarray(5, 15))
    return true
  })
  registry.lie(cut(blob, 1_500_000, 1))
  await pull(name)
  assert.equal(ranges().length, 3)
})

test('a rest of other bytes is found out', async (t) => {
  const { registry, name, refuses, blob } = await arrange(t)
  registry.lie((request, response, path) => {
    const start = Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    if (!path.endsWith(blob) || start === 0) return false
    const range = `bytes ${start}-${LAYER.length - 1}/${LAYER.length}`
    response.writeHead(206, { 'content-length': LAYER.length - start, 'content-range': range }).end(Buffer.alloc(LAYER.length - start))
    return true
  })
  registry.lie(cut(blob, 1_500_000, 1))
  await refuses(name, 'blob-mismatch')
})

test('a rest that is longer than what is missing is found out', async (t) => {
  const { registry, name, refuses, blob } = await arrange(t)
  registry.lie((request, response, path) => {
    const start = Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    if (!path.endsWith(blob) || start === 0) return false
    const range = `bytes ${start}-${LAYER.length}/${LAYER.length + 1}`
    response.writeHead(206, { 'content-range': range }).end(Buffer.alloc(LAYER.length - start + 1))
    return true
  })
  registry.lie(cut(blob, 1_500_000, 1))
  await refuses(name, 'blob-mismatch')
})

test('a registry that says nothing any more is given up', async (t) => {
  const { registry, name, refuses, blob } = await arrange(t, { timeouts: { stall: 40 } })
  registry.lie((_request, response, path) => {
    if (!path.endsWith(blob)) return false
    response.writeHead(200, { 'content-length': LAYER.length }).write(LAYER.subarray(0, 10))
    return true
  })
  await refuses(name, 'registry-unreachable')
})

test('a registry that fails for a moment is asked again', async (t) => {
  const { registry, name, pull } = await arrange(t)
  let failures = 3
  registry.lie((_request, response) => failures-- > 0 && sendError(response, 503, 'UNAVAILABLE'))
  await pull(name)
  assert.equal(registry.lines().filter((line) => line.endsWith('/manifests/1')).length, 4)
})

test('a registry that goes on failing is given up after five attempts', async (t) => {
  const { registry, name, refuses } = await arrange(t)
  registry.lie((_request, response) => sendError(response, 500, 'UNKNOWN'))
  await refuses(name, 'registry-failed')
  assert.equal(registry.seen.length, 5)
})

test('a client that goes ends the pull, and nothing is left', async (t) => {
  const { registry, name, context, registries, assertEmpty, blob } = await arrange(t)
  const gone = new AbortController()
  registry.lie((_request, response, path) => {
    if (!path.endsWith(blob)) return false
    response.writeHead(200, { 'content-length': LAYER.length })
    response.write(LAYER.subarray(0, 1_000_000), () => gone.abort())
    return true
  })
  const progress = await pullImage(context, registries, name, { ...NO_OPTIONS, signal: gone.signal })
  await assert.rejects(readAll(progress), { code: 'cancelled' })
  assertEmpty()
})

test('a client that goes before the manifest comes ends the pull', async (t) => {
  const { registry, name, refuses } = await arrange(t)
  const gone = new AbortController()
  registry.lie(() => {
    gone.abort()
    return true
  })
  await refuses(name, 'cancelled', { signal: gone.signal })
})

test('a client that goes leaves the download to another that waits for it', async (t) => {
  const { registry, name, context, registries, pull, blob, ranges } = await arrange(t)
  const gone = new AbortController()
  const asked = Promise.withResolvers<() => void>()
  registry.lie((_request, response, path) => {
    if (!path.endsWith(blob)) return false
    response.writeHead(200, { 'content-length': LAYER.length }).write(LAYER.subarray(0, 1_000_000))
    asked.resolve(() => response.end(LAYER.subarray(1_000_000)))
    return true
  })
  const first = readAll(await pullImage(context, registries, name, { ...NO_OPTIONS, signal: gone.signal }))
  const goOn = await asked.promise
  const isShared = Promise.withResolvers<void>()
  const second = pullImage(context, registries, name, NO_OPTIONS).then(async (progress) => {
    for await (const { status } of progress) if (status === 'Downloading') isShared.resolve()
  })
  await isShared.promise
  gone.abort()
  await assert.rejects(first, { code: 'cancelled' })
  goOn()
  await second
  assert.equal(ranges().length, 1)
  assert.equal(context.records.list().length, 1)
  await pull(name)
})
