/** Pages, followed lines and searches against the simplest reading of the same chunks. */
import assert from 'node:assert/strict'
import { truncateSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import type { LogChunk, LogLine, LogPage } from '../../http/backend.ts'
import { chunk, chunks, temporaryLog, writeFrames } from './fixture.ts'
import { type Log, openLog } from './log-store.ts'

const live = new AbortController().signal

interface Plain {
  readonly stream: number
  readonly text: string
  readonly isOpen: boolean
}

/** The lines of the chunks in the order of their ends; those without an end come last, in the order of their last bytes. */
function linesOf(written: readonly LogChunk[]): Plain[] {
  const lines: Plain[] = []
  const open = new Map<number, Buffer>()
  for (const { stream, data } of written) {
    const parts = Buffer.from(data).toString('latin1').split('\n')
    for (const [index, part] of parts.entries()) {
      const text = Buffer.concat([open.get(stream) ?? Buffer.alloc(0), Buffer.from(part, 'latin1')])
      open.delete(stream)
      if (index < parts.length - 1) lines.push({ stream, text: text.toString(), isOpen: false })
      else if (text.length > 0) open.set(stream, text)
    }
  }
  return [...lines, ...[...open].map(([stream, text]) => ({ stream, text: text.toString(), isOpen: true }))]
}

const plain = ({ stream, text, isOpen }: LogLine): Plain => ({ stream, text, isOpen })

async function withLog<T>(written: readonly LogChunk[], use: (log: Log, path: string) => Promise<T>): Promise<T> {
  const cleanUps: (() => void)[] = []
  const path = temporaryLog({ after: (clean: () => void) => cleanUps.push(clean) } as unknown as TestContext)
  try {
    writeFrames(path, ...written)
    return await use(openLog(path), path)
  } finally {
    for (const clean of cleanUps) clean()
  }
}

/** All pages from the end to the beginning, as the lines they are together. */
async function pageBack(log: Log, sizes: readonly number[]): Promise<LogPage[]> {
  const pages: LogPage[] = []
  let before: string | undefined
  for (let index = 0; ; index++) {
    const page = await log.page({ lines: sizes[index % sizes.length] ?? 1, signal: live, ...(before === undefined ? {} : { before }) })
    pages.unshift(page)
    before = page.before
    if (before === undefined) return pages
  }
}

async function pageOn(log: Log, sizes: readonly number[], from: string): Promise<LogLine[]> {
  const lines: LogLine[] = []
  let after = from
  for (let index = 0; ; index++) {
    const page = await log.page({ after, lines: sizes[index % sizes.length] ?? 1, signal: live })
    lines.push(...page.lines)
    if (page.after === after || page.lines.length === 0 || page.lines.some(({ isOpen }) => isOpen)) return lines
    after = page.after
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 })

test('pages from the end to the beginning are the whole log, no line lost and none twice', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, sizes, (written, steps) =>
      withLog(written, async (log) => {
        const pages = await pageBack(log, steps)
        const lines = pages.flatMap((page) => page.lines)
        assert.deepEqual(lines.map(plain), linesOf(written))
        assert.equal(new Set(lines.map(({ position }) => position)).size, lines.length)
      }),
    ),
  )
})

test('from any line on, pages go on to the end', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, sizes, fc.nat(), (written, steps, place) =>
      withLog(written, async (log) => {
        const expected = linesOf(written)
        assert.deepEqual((await pageOn(log, steps, 'start')).map(plain), expected)
        const all = (await pageBack(log, [100])).flatMap(({ lines }) => lines).filter(({ isOpen }) => !isOpen)
        const index = all.length === 0 ? 0 : place % all.length
        const line = all[index]
        if (line === undefined) return
        assert.deepEqual((await pageOn(log, steps, line.position)).map(plain), expected.slice(index + 1))
        const before = await log.page({ before: line.position, lines: 3, signal: live })
        assert.deepEqual(before.lines.map(plain), expected.slice(Math.max(0, index - 3), index))
      }),
    ),
  )
})

test('a page and what is followed after it are the whole log, whatever is written between', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, chunks, fc.integer({ min: 1, max: 9 }), (written, later, count) =>
      withLog(written, async (log, path) => {
        const page = await log.page({ lines: count, signal: live })
        const ended = new AbortController()
        const following = log.follow(page.after, { ended: ended.signal })
        writeFrames(path, ...later)
        ended.abort()
        const pieces: LogLine[] = []
        for await (const found of following) for (const piece of found) if (piece !== 'gap') pieces.push(piece)
        const bytesOf = (all: readonly LogChunk[], stream: number) =>
          Buffer.concat(all.filter((one) => one.stream === stream).map(({ data }) => data))
        for (const stream of [0, 1, 2]) {
          const texts = pieces.filter((piece) => piece.stream === stream)
          const isOpen = page.lines.some((line) => line.stream === stream && line.isOpen)
          assert.equal(texts[0]?.isContinued ?? isOpen, isOpen)
          for (const [index, piece] of texts.entries()) if (index > 0) assert.equal(piece.isContinued, texts[index - 1]?.isOpen)
          const length = texts.reduce((sum, piece) => sum + piece.length + (piece.isOpen ? 0 : 1), 0)
          assert.equal(length, bytesOf(later, stream).length)
        }
      }),
    ),
  )
})

test('a followed piece’s position is where a next follow goes on', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, fc.nat(), (written, place) =>
      withLog(written, async (log) => {
        const read = async (after: string) => {
          const ended = AbortSignal.abort()
          const pieces: LogLine[] = []
          for await (const found of log.follow(after, { ended })) for (const piece of found) if (piece !== 'gap') pieces.push(piece)
          return pieces
        }
        const all = await read('start')
        if (all.length === 0) return
        const index = place % all.length
        assert.deepEqual(await read(all[index]?.position ?? ''), all.slice(index + 1))
      }),
    ),
  )
})

test('a search finds the lines that a text is in, from the last to the first, wherever its frames are cut', async () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'é', 'É'), minLength: 1, maxLength: 4 })
  const few = fc.array(
    fc.record({
      stream: fc.constantFrom<LogChunk['stream'][]>(0, 1, 2),
      data: fc
        .string({ unit: fc.constantFrom('a', 'b', 'A', 'B', 'É', 'é', '\n'), minLength: 1, maxLength: 6 })
        .map((text) => Buffer.from(text)),
      time: fc.constant(0n),
    }),
    { maxLength: 24 },
  )
  await fc.assert(
    fc.asyncProperty(few, texts, fc.boolean(), fc.integer({ min: 1, max: 4 }), (written, text, ignoreCase, limit) =>
      withLog(written, async (log) => {
        const holds = (line: string) => (ignoreCase ? line.toLowerCase().includes(text.toLowerCase()) : line.includes(text))
        const expected = linesOf(written)
          .filter((line) => holds(line.text))
          .toReversed()
        const found: Plain[] = []
        let before: string | undefined
        do {
          let next: string | undefined
          for await (const line of log.search({ text, ignoreCase, before, limit }, live)) {
            if ('text' in line) found.push(plain(line))
            else next = line.before
          }
          before = next
        } while (before !== undefined)
        assert.deepEqual(found, expected)
      }),
    ),
    { numRuns: 300 },
  )
})

test('a log of many blocks, with lines in the midst of others', async () => {
  const written: LogChunk[] = []
  for (let number = 0; number < 3000; number++) {
    written.push(chunk(`${number} ${'x'.repeat((number * 7919) % 3000)}\n`, number % 3 === 0 ? 2 : 1, BigInt(number)))
    if (number % 500 === 250) written.push(chunk(`half ${number} `, 0))
    if (number % 500 === 300) written.push(chunk('and half\n', 0))
  }
  await withLog(written, async (log) => {
    const expected = linesOf(written)
    const back = (await pageBack(log, [700, 3, 50])).flatMap(({ lines }) => lines)
    assert.deepEqual(back.map(plain), expected)
    assert.deepEqual(back[10]?.time, 10n)
    assert.deepEqual((await pageOn(log, [999], 'start')).map(plain), expected)
    const found: Plain[] = []
    for await (const line of log.search({ text: '77 x', ignoreCase: false, before: undefined, limit: 10_000 }, live)) {
      if ('text' in line) found.push(plain(line))
    }
    assert.deepEqual(found, expected.filter(({ text }) => text.includes('77 x')).toReversed())
  })
})

test('of a line of 10 MB the first 16 KiB are shown and its length is told, whichever way it is read', async () => {
  const long = `begin ${'€'.repeat(10_000_000 / 3)}`
  const bytes = Buffer.from(`${long}\n`)
  const written = [chunk('before\n')]
  for (let at = 0; at < bytes.length; at += 65_536) written.push(chunk(bytes.subarray(at, at + 65_536)))
  written.push(chunk('after\n'))
  await withLog(written, async (log) => {
    const back = await log.page({ lines: 2, signal: live })
    const [line] = back.lines
    assert.deepEqual([line?.length, line?.isCut], [bytes.length - 1, true])
    assert.ok(line?.text.startsWith('begin €€') && line.text.endsWith('€') && Buffer.byteLength(line.text) <= 16_384)
    assert.equal((await log.page({ before: back.before ?? '', lines: 5, signal: live })).lines[0]?.text, 'before')
    const on = await log.page({ after: 'start', lines: 2, signal: live })
    assert.deepEqual(on.lines[1], line)
    let [shown, length] = [0, 0]
    for await (const found of log.follow('start', { ended: AbortSignal.abort() })) {
      for (const piece of found) {
        if (piece === 'gap' || !(piece.isOpen || piece.isContinued)) continue
        shown += Buffer.byteLength(piece.text)
        length += piece.length
      }
    }
    assert.ok(shown <= 16_384 && length === bytes.length - 1)
  })
})

test('lines of a page share its 4 MiB, and the next page goes on', async () => {
  const written = Array.from({ length: 1000 }, (_, number) => chunk(`${String(number).padStart(4)}${'.'.repeat(16_000)}\n`))
  await withLog(written, async (log) => {
    const pages = await pageBack(log, [1000])
    assert.ok(pages.length >= 4 && pages.every(({ lines }) => lines.length < 300))
    assert.deepEqual(
      pages.flatMap(({ lines }) => lines.map(({ text }) => Number(text.slice(0, 4)))),
      written.map((_, number) => number),
    )
  })
})

test('an empty log, and one that nobody has written yet', async (context) => {
  const log = openLog(temporaryLog(context))
  const empty = { lines: [], before: undefined, after: 'start' }
  assert.deepEqual(await log.page({ lines: 5, signal: live }), empty)
  assert.deepEqual(await log.page({ after: 'start', lines: 5, signal: live }), empty)
  assert.deepEqual(await log.page({ before: 'start', lines: 5, signal: live }), empty)
})

test('a position in a log that was emptied is told to be gone, as is one that is none', async (context) => {
  const path = temporaryLog(context)
  writeFrames(path, chunk('one\n', 1, 1n), chunk('two\n', 1, 2n))
  const log = openLog(path)
  const { after } = await log.page({ lines: 1, signal: live })
  truncateSync(path, 0)
  writeFrames(path, chunk('other and longer\n', 1, 3n), chunk('another\n', 1, 4n))
  const gone = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'log-position-gone'
  await assert.rejects(log.page({ after, lines: 1, signal: live }), gone)
  await assert.rejects(log.page({ before: after, lines: 1, signal: live }), gone)
  assert.throws(() => log.check(after), gone)
  for (const bad of ['', 'x', '1-2-3', '../../etc', 'zzzzzzzzzzz-1-1-1', '-1-0-0-0']) {
    assert.throws(
      () => log.check(bad),
      (error) => error instanceof Error && 'code' in error && ['bad-log-position', 'log-position-gone'].includes(String(error.code)),
    )
  }
})

test('a follower of a log that is emptied is told of the gap', async (context) => {
  const path = temporaryLog(context)
  writeFrames(path, chunk('one\n', 1, 1n))
  const iterator = openLog(path).follow('start', { ended: new AbortController().signal })[Symbol.asyncIterator]()
  const next = async () => (await iterator.next()).value?.map((piece: LogLine | 'gap') => (piece === 'gap' ? piece : piece.text))
  assert.deepEqual(await next(), ['one'])
  const waiting = next()
  truncateSync(path, 0)
  writeFrames(path, chunk('new\n', 1, 2n))
  assert.deepEqual(await waiting, ['gap', 'new'])
  await iterator.return?.()
})
