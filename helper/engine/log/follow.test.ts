import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { constants } from 'node:os'
import { test } from 'node:test'
import type { LogChunk, LogOptions } from '../../http/backend.ts'
import { tryCall } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import { chunk, collect, temporaryLog, textOf, writeFrames } from './fixture.ts'
import { openLog } from './log-store.ts'

const following: LogOptions = { stdout: true, stderr: true, follow: true }

async function next(iterator: AsyncIterator<LogChunk>): Promise<string> {
  const { value, done } = await iterator.next()
  return done === true ? 'done' : Buffer.from(value.data).toString()
}

test('follow hands out what is there, then what comes, and ends when the container has', async (context) => {
  const path = temporaryLog(context)
  writeFrames(path, chunk('one\n'))
  const ended = new AbortController()
  const iterator = openLog(path).read(following, { ended: ended.signal })[Symbol.asyncIterator]()
  assert.equal(await next(iterator), 'one\n')
  const waiting = next(iterator)
  writeFrames(path, chunk('two\n', 2))
  assert.equal(await waiting, 'two\n')
  const last = next(iterator)
  writeFrames(path, chunk('three\n'), chunk('four\n'))
  ended.abort()
  assert.equal(await last, 'three\n')
  assert.equal(await next(iterator), 'four\n')
  assert.equal(await next(iterator), 'done')
})

test('follow waits for a log that does not exist yet', async (context) => {
  const path = temporaryLog(context)
  const log = openLog(path)
  const iterator = log.read(following, { ended: new AbortController().signal })[Symbol.asyncIterator]()
  const waiting = next(iterator)
  writeFrames(path, chunk('first\n'))
  assert.equal(await waiting, 'first\n')
  log.close()
  assert.equal(await next(iterator), 'done')
})

test('a frame is handed out when its last byte has come', async (context) => {
  const path = temporaryLog(context)
  const ended = new AbortController()
  const iterator = openLog(path).read(following, { ended: ended.signal })[Symbol.asyncIterator]()
  writeFrames(path, chunk('begun\n'), chunk('whole\n'))
  const { size } = statSync(path)
  assert.equal(await next(iterator), 'begun\n')
  assert.equal(await next(iterator), 'whole\n')
  writeFrames(path, chunk('torn by a crash\n'))
  truncateSync(path, size + 40)
  const waiting = next(iterator)
  writeFrames(path, chunk('after\n'))
  assert.equal(await waiting, 'after\n')
  ended.abort()
  assert.equal(await next(iterator), 'done')
})

test('every frame of a writing process reaches every follower, in order', async (context) => {
  const path = temporaryLog(context)
  const log = openLog(path)
  const ended = new AbortController()
  const readers = Array.from({ length: 5 }, () => collect(log.read(following, { ended: ended.signal })))
  const script = `
    const { appendFileSync } = require('node:fs')
    for (let number = 0; number < 4000; number++) {
      const text = Buffer.from('line ' + number + '\\n')
      const header = Buffer.alloc(32)
      header.write('PLog'); header.writeUInt32LE(1, 4); header.writeUInt32LE(text.length, 8); header.writeUInt32LE(number, 16)
      appendFileSync(process.argv[1], Buffer.concat([header, text]))
    }`
  const writer = spawn(process.execPath, ['-e', script, path], { stdio: 'inherit' })
  const code = await new Promise((resolve) => writer.once('exit', resolve))
  ended.abort()
  const expected = Array.from({ length: 4000 }, (_, number) => `line ${number}\n`).join('')
  for (const found of await Promise.all(readers)) assert.equal(textOf(found), expected)
  assert.equal(code, 0)
})

test('a write between reading to the end and waiting is not missed', async (context) => {
  const path = temporaryLog(context)
  const iterator = openLog(path).read(following, { ended: new AbortController().signal })[Symbol.asyncIterator]()
  for (let number = 0; number < 500; number++) {
    const waiting = next(iterator)
    // After so many turns of the event queue the reader is somewhere else each time.
    for (let turn = 0; turn < number % 9; turn++) await Promise.resolve()
    writeFrames(path, chunk(`${number}\n`))
    assert.equal(await waiting, `${number}\n`)
  }
  await iterator.return?.()
})

test('what is written is handed out at once', async (context) => {
  const path = temporaryLog(context)
  const iterator = openLog(path).read(following, { ended: new AbortController().signal })[Symbol.asyncIterator]()
  const delays: number[] = []
  for (let number = 0; number < 200; number++) {
    const waiting = next(iterator)
    await new Promise((resolve) => setImmediate(resolve))
    const begun = performance.now()
    writeFrames(path, chunk('x\n'))
    await waiting
    delays.push(performance.now() - begun)
  }
  await iterator.return?.()
  const median = delays.toSorted((one, other) => one - other)[100] ?? Number.POSITIVE_INFINITY
  context.diagnostic(`write to hand-out: median ${median.toFixed(3)} ms`)
  assert.ok(median < 5)
})

test('followers that go away leave no descriptor and no watch', async (context) => {
  const path = temporaryLog(context)
  writeFrames(path, chunk('one\n'))
  const log = openLog(path)
  const ended = new AbortController().signal
  await log.read(following, { ended })[Symbol.asyncIterator]().return?.()
  const begin = async () => {
    const client = new AbortController()
    const iterator = log.read(following, { ended, signal: client.signal })[Symbol.asyncIterator]()
    await iterator.next()
    return { client, iterator, waiting: iterator.next() }
  }
  const before = readdirSync('/proc/self/fd').length
  const readers = await Promise.all(Array.from({ length: 200 }, begin))
  assert.ok(readdirSync('/proc/self/fd').length <= before + 3)
  assert.equal(inotifyWatches(), 1)
  for (const [number, { client, iterator }] of readers.entries()) {
    if (number % 2 === 0) client.abort()
    else await iterator.return?.()
  }
  for (const { waiting } of readers) assert.equal((await waiting).done, true)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(inotifyWatches(), 0)
  // libuv keeps its one inotify descriptor.
  assert.ok(readdirSync('/proc/self/fd').length <= before + 1)
})

test('a follower goes on at the beginning of a log that was emptied', async (context) => {
  const path = temporaryLog(context)
  writeFrames(path, chunk('old\n'), chunk('older\n', 2))
  const log = openLog(path)
  const iterator = log.read({ ...following, tail: 1 }, { ended: new AbortController().signal })[Symbol.asyncIterator]()
  assert.equal(await next(iterator), 'older\n')
  const waiting = next(iterator)
  truncateSync(path, 0)
  writeFrames(path, chunk('new\n', 1, 5n))
  assert.equal(await waiting, 'new\n')
  const outgrown = next(iterator)
  truncateSync(path, 0)
  writeFrames(path, chunk('newer, and longer than what was there\n', 1, 6n))
  assert.equal(await outgrown, 'newer, and longer than what was there\n')
  await iterator.return?.()
})

test('a late follower goes on after what was freed', async (context) => {
  const path = temporaryLog(context)
  const text = (number: number) => `${number}`.padEnd(40_000, '.')
  writeFrames(path, ...Array.from({ length: 100 }, (_, number) => chunk(text(number))))
  const ended = new AbortController()
  const iterator = openLog(path).read(following, { ended: ended.signal })[Symbol.asyncIterator]()
  assert.equal(await next(iterator), text(0))
  const descriptor = openSync(path, 'r+')
  const freed = tryCall('fallocate', [descriptor, linux.FALLOC_FL_PUNCH_HOLE | linux.FALLOC_FL_KEEP_SIZE, 0, 80 * 40_032])
  closeSync(descriptor)
  if (-freed === constants.errno.EOPNOTSUPP) {
    await iterator.return?.()
    return context.skip('this filesystem cannot free a part of a file')
  }
  ended.abort()
  const rest = (await collect({ [Symbol.asyncIterator]: () => iterator })).map(({ data }) =>
    Number.parseInt(Buffer.from(data).toString(), 10),
  )
  assert.deepEqual(
    rest.filter((number) => number >= 80),
    Array.from({ length: 20 }, (_, number) => 80 + number),
  )
  assert.ok(rest.length < 40)
})

test('attach gives the chosen stream from its place on', async (context) => {
  const path = temporaryLog(context)
  writeFrames(path, chunk('before\n'))
  const log = openLog(path)
  const ended = new AbortController()
  const output = log.attach(log.size(), { stdout: false, stderr: true }, { ended: ended.signal })
  writeFrames(path, chunk('out\n', 1), chunk('error\n', 2))
  ended.abort()
  assert.equal(textOf(await collect(output)), 'error\n')
})

test('a follow until a moment ends at that moment', async (context) => {
  const path = temporaryLog(context)
  writeFrames(path, chunk('now\n', 1, 1n))
  const until = BigInt(Date.now() + 20) * 1_000_000n
  const found = await collect(openLog(path).read({ ...following, until }, { ended: new AbortController().signal }))
  assert.equal(textOf(found), 'now\n')
})

function inotifyWatches(): number {
  let watches = 0
  for (const name of readdirSync('/proc/self/fdinfo')) {
    try {
      watches += readFileSync(`/proc/self/fdinfo/${name}`, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('inotify ')).length
    } catch {
      // The descriptor of the listing itself is gone.
    }
  }
  return watches
}
