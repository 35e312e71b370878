import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyCut, sequence } from '../testing/pieces.ts'
import { readJsonLines } from './json-lines.ts'

async function values(pieces: readonly Uint8Array[]): Promise<unknown[]> {
  const found: unknown[] = []
  for await (const { value } of readJsonLines(sequence(pieces))) found.push(value)
  return found
}

test('values come out whole however the stream is cut, also inside a character', async () => {
  const bytes = Buffer.from('{"a":"é日😀"}\r\n\n[1]\n"last"')
  await fc.assert(fc.asyncProperty(anyCut(bytes), async (pieces) => assert.deepEqual(await values(pieces), [{ a: 'é日😀' }, [1], 'last'])))
})

test('a line that is no JSON is an error', () => assert.rejects(values([Buffer.from('{"a":1}\nnope\n')]), SyntaxError))
