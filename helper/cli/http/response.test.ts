import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyCut, sourceOfPieces } from '../testing/pieces.ts'
import type { ByteSource } from './byte-source.ts'
import { keepsAlive, readBody, readHead } from './response.ts'

async function read(source: ByteSource): Promise<{ status: number; body: string; keep: boolean }> {
  const head = await readHead(source)
  const pieces: Uint8Array[] = []
  for await (const piece of readBody(source, head)) pieces.push(piece)
  return { status: head.status, body: Buffer.concat(pieces).toString(), keep: keepsAlive(head) }
}

const readText = (text: string) => read(sourceOfPieces([Buffer.from(text)]))

const LENGTH = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Y:  z \r\n\r\nhello'
const CHUNKED = 'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nTrailer: x\r\n\r\n'
const EMPTY = 'HTTP/1.1 204 No Content\r\n\r\n'

test('a body ends at its length', async () => assert.deepEqual(await readText(LENGTH), { status: 200, body: 'hello', keep: true }))

test('a chunked body is put together', async () =>
  assert.deepEqual(await readText(CHUNKED), { status: 201, body: 'hello world', keep: true }))

test('no content is no body', async () => assert.deepEqual(await readText(EMPTY), { status: 204, body: '', keep: true }))

test('without a length the body lasts as long as the connection', async () => {
  assert.deepEqual(await readText('HTTP/1.1 200 OK\r\n\r\nrest'), { status: 200, body: 'rest', keep: false })
})

test('responses one after the other are kept apart however they are cut', async () => {
  const all = Buffer.from(LENGTH + CHUNKED + EMPTY + LENGTH)
  await fc.assert(
    fc.asyncProperty(anyCut(all), async (pieces) => {
      const source = sourceOfPieces(pieces)
      const bodies = [await read(source), await read(source), await read(source), await read(source)].map(({ body }) => body)
      assert.deepEqual(bodies, ['hello', 'hello world', '', 'hello'])
      assert.equal((await source.next())?.length ?? 0, 0)
    }),
  )
})

test('what follows the head of an upgrade is left to the one who takes over', async () => {
  const source = sourceOfPieces([Buffer.from('HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\nraw')])
  assert.equal((await readHead(source)).status, 101)
  assert.equal(Buffer.from((await source.next()) ?? []).toString(), 'raw')
})

for (const [what, text, code] of [
  ['no HTTP', 'SSH-2.0-x\r\n\r\n', 'bad-response'],
  ['a header without name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n', 'bad-response'],
  ['a wrong length', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', 'bad-response'],
  ['a wrong chunk size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'bad-response'],
  ['a chunk longer than told', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n', 'bad-response'],
  ['a cut head', 'HTTP/1.1 200 OK\r\n', 'connection-closed'],
  ['a cut body', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel', 'connection-closed'],
  ['a cut chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel', 'connection-closed'],
  ['an endless head', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`, 'bad-response'],
] as const) {
  test(`${what} is refused`, () => assert.rejects(readText(text), { code }))
}
