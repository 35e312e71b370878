import assert from 'node:assert/strict'
import { closeSync, openSync, statSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LogChunk } from '../../http/backend.ts'
import { chunk, chunks, collect, encodeFrames, plain, temporaryLog, textOf, writeFrames } from './fixture.ts'
import { blockOf } from './frame.ts'
import { LogIndex } from './index.ts'
import { openLog } from './log-store.ts'
import { HISTORY_BLOCK, readFrames } from './reader.ts'
import { scanFrames } from './scan.ts'
import { Selection } from './selection.ts'

const ended = new AbortController().signal

async function tailOf(path: string, tail: number): Promise<LogChunk[]> {
  return await collect(openLog(path).read({ stdout: true, stderr: true, follow: false, tail }, { ended }))
}

/** Every byte with the number of its line, the lines counted in the order in which they end. */
function naiveTail(written: readonly LogChunk[], lines: number): [number, number][] {
  const open: [number, number][][] = [[], [], []]
  const closed: { end: number; bytes: [number, number][] }[] = []
  let place = 0
  const lastPlaces = [0, 0, 0]
  const all: [number, number][] = []
  for (const { stream, data } of written) {
    for (const byte of data) {
      const entry: [number, number] = [stream, byte]
      all.push(entry)
      open[stream]?.push(entry)
      lastPlaces[stream] = place++
      if (byte !== 10) continue
      closed.push({ end: place - 1, bytes: open[stream] ?? [] })
      open[stream] = []
    }
  }
  open.forEach((bytes, stream) => {
    if (bytes.length > 0) closed.push({ end: lastPlaces[stream] ?? 0, bytes })
  })
  const wanted = new Set(
    lines === 0
      ? []
      : closed
          .toSorted((one, other) => one.end - other.end)
          .slice(-lines)
          .flatMap(({ bytes }) => bytes),
  )
  return all.filter((entry) => wanted.has(entry))
}

function bytesOf(found: readonly LogChunk[]): [number, number][] {
  return found.flatMap(({ stream, data }) => Array.from(data, (byte): [number, number] => [stream, byte]))
}

test('the last lines are those of a naive count over both streams, however they were written', async (context) => {
  const path = temporaryLog(context)
  await fc.assert(
    fc.asyncProperty(chunks, fc.nat(12), async (written, lines) => {
      const file = `${path}-${Math.random()}`
      writeFrames(file, ...written)
      assert.deepEqual(bytesOf(await tailOf(file, lines)), naiveTail(written, lines))
    }),
  )
})

test('the last lines of a long log are found from its end, with and without an index', async (context) => {
  const path = temporaryLog(context)
  const text = Array.from({ length: 400_000 }, (_, number) => `line ${number}\n`).join('')
  const written: LogChunk[] = []
  for (let at = 0; at < text.length; at += 3333) written.push(chunk(text.slice(at, at + 3333)))
  writeFrames(path, ...written)
  const log = openLog(path)
  const read = (tail: number) => collect(log.read({ stdout: true, stderr: true, follow: false, tail }, { ended }))
  for (const lines of [1, 999, 250_000, 400_000, 500_000]) {
    const expected = text.split('\n').slice(0, -1).slice(-lines).join('\n').concat('\n')
    assert.equal(textOf(await read(lines)), expected)
    if (lines === 999) await collect(log.read({ stdout: true, stderr: true, follow: false }, { ended }))
  }
})

test('a line without an end loses its head, not the time of the reader', async (context) => {
  const path = temporaryLog(context)
  const written = Array.from({ length: 200 }, () => chunk(Buffer.alloc(65_536, 'x')))
  writeFrames(path, chunk('first\n'), ...written)
  const found = textOf(await tailOf(path, 1))
  assert.ok(found.length >= 1 << 20 && found.length < 4 << 20)
})

test('a tail of a log in a log begins at a real line', async (context) => {
  const path = temporaryLog(context)
  const inner = encodeFrames(Array.from({ length: 1000 }, (_, number) => chunk(`inner ${number}\n`)))
  const written = Array.from({ length: 60 }, (_, number) => chunk(inner.subarray(number * 7, number * 7 + 33_333)))
  writeFrames(path, ...written, chunk('\nlast\n'))
  assert.equal(textOf(await tailOf(path, 1)), 'last\n')
  const thousand = await tailOf(path, 60_000)
  assert.ok(written.some(({ data }) => Buffer.from(data).equals(thousand.at(-2)?.data ?? Buffer.alloc(0))))
})

test('since begins at the first line begun by then and until ends after its moment', async (context) => {
  const path = temporaryLog(context)
  writeFrames(path, chunk('a\nb', 1, 10n), chunk('E', 2, 11n), chunk('b\nc\n', 1, 20n), chunk('E\nF\n', 2, 21n), chunk('d\n', 1, 30n))
  const log = openLog(path)
  const read = async (range: { since?: bigint; until?: bigint }) => {
    const found = await collect(log.read({ stdout: true, stderr: true, follow: false, ...range }, { ended }))
    return found.map(({ data }) => Buffer.from(data).toString())
  }
  assert.deepEqual(await read({ since: 20n }), ['c\n', 'F\n', 'd\n'])
  assert.deepEqual(await read({ since: 21n, until: 29n }), ['F\n'])
  assert.deepEqual(await read({ since: 10n, until: 20n }), ['a\nb', 'E', 'b\nc\n'])
  assert.deepEqual(await read({ since: 31n }), [])
})

test('since by the index gives what reading everything gives, even when the clock was set back', () => {
  fc.assert(
    fc.property(chunks, fc.bigInt(0n, 8_000_000_000_000_000_000n), fc.nat(3), (written, since, thin) => {
      const { frames, done } = scanFrames(blockOf(encodeFrames(written), 0), true)
      const index = new LogIndex({ spacing: 50, maxEntries: 2 + thin })
      for (let at = 0; at < frames.length; at += 3) {
        const next = frames[at + 3]?.at ?? done
        index.add({ from: frames[at]?.at ?? 0, frames: frames.slice(at, at + 3), next })
      }
      const place = index.since(since)
      const whole = new Selection({ stdout: true, stderr: true, since, openLines: 0 })
      const part = new Selection({ stdout: true, stderr: true, since, openLines: place.openLines })
      const expected = frames.map((frame) => whole.take(frame)).filter((found) => found !== undefined)
      const found = frames
        .filter((frame) => frame.at >= place.at)
        .map((frame) => part.take(frame))
        .filter((piece) => piece !== undefined)
      assert.deepEqual(found.map(plain), expected.map(plain))
      assert.ok(index.entries <= 2 * (3 + thin))
    }),
  )
})

test('an index knows the beginnings of frames and forgets no place it has not read', async (context) => {
  const path = temporaryLog(context)
  writeFrames(path, ...Array.from({ length: 500 }, (_, number) => chunk(Buffer.alloc(20_000, 'y'), 1, BigInt(number))))
  const index = new LogIndex()
  const descriptor = openSync(path, 'r')
  context.after(() => closeSync(descriptor))
  const starts = new Set<number>()
  for await (const batch of readFrames(descriptor, { from: 0, to: statSync(path).size, blockSize: HISTORY_BLOCK })) {
    for (const frame of batch.frames) starts.add(frame.at)
    index.add(batch)
  }
  assert.ok(index.entries >= 9)
  assert.ok(starts.has(index.before(5_000_000) ?? -1))
  assert.equal(index.before(statSync(path).size + 1), undefined)
})
