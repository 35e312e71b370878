import assert from 'node:assert/strict'
import { test } from 'node:test'
import { piecesOf } from './pieces.ts'

test('values become their pieces in order, those without any are passed over', async () => {
  const source = (async function* () {
    yield 'ab'
    yield ''
    yield 'c'
  })()
  const pieces: string[] = []
  for await (const piece of piecesOf(source, (text) => [...text].map((letter) => Buffer.from(letter)))) pieces.push(String(piece))
  assert.deepEqual(pieces, ['a', 'b', 'c'])
})

test('ending the iteration ends a source that is silent', async () => {
  let ended = false
  const silent: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: async () => {
        ended = true
        return { done: true, value: undefined }
      },
    }),
  }
  const iterator = piecesOf(silent, (text) => [Buffer.from(text)])[Symbol.asyncIterator]()
  void iterator.next()
  await iterator.return?.()
  assert.equal(ended, true)
})
