import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { frame } from '../testing/fake-engine.ts'
import { anyCut, sequence } from '../testing/pieces.ts'
import { demultiplex } from './demultiplex.ts'

async function collect(pieces: readonly Uint8Array[]): Promise<{ stdout: string; stderr: string }> {
  const found = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) }
  for await (const { stream, bytes } of demultiplex(sequence(pieces))) found[stream] = Buffer.concat([found[stream], bytes])
  return { stdout: found.stdout.toString(), stderr: found.stderr.toString() }
}

test('any frames, cut anywhere, give each stream its bytes in order', async () => {
  const frames = fc.array(fc.record({ stream: fc.constantFrom(1 as const, 2 as const), text: fc.string() }))
  const cases = frames.chain((list) => {
    const bytes = Buffer.concat(list.map(({ stream, text }) => frame(stream, text)))
    return fc.record({ list: fc.constant(list), pieces: anyCut(bytes) })
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ list, pieces }) => {
      const of = (wanted: number) =>
        list
          .filter(({ stream }) => stream === wanted)
          .map(({ text }) => text)
          .join('')
      assert.deepEqual(await collect(pieces), { stdout: of(1), stderr: of(2) })
    }),
  )
})

test('part of a frame is handed on before the rest has come', async () => {
  const bytes = frame(1, 'hello')
  const first = await demultiplex(sequence([bytes.subarray(0, 10)])).next()
  assert.equal(first.done === true ? '' : Buffer.from(first.value.bytes).toString(), 'he')
})

test('the engine tells an error in a stream of its own', () =>
  assert.rejects(collect([frame(1, 'a'), frame(3, 'broken')]), { code: 'stream-error' }))

for (const [what, bytes] of [
  ['an unknown stream', Buffer.from([9, 0, 0, 0, 0, 0, 0, 0])],
  ['a cut header', Buffer.from([1, 0, 0])],
  ['a cut frame', frame(1, 'hello').subarray(0, 10)],
] as const) {
  test(`${what} is refused`, () => assert.rejects(collect([bytes]), { code: 'bad-stream' }))
}
