import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { test } from 'node:test'
import { pump } from './pump.ts'

test('everything is written, and the target is left open', async () => {
  const target = new PassThrough()
  const result = await pump(
    (async function* () {
      yield Buffer.from('a')
      yield Buffer.from('b')
    })(),
    target,
  )
  assert.equal(result, 'ended')
  assert.equal(target.read().toString(), 'ab')
  assert.equal(target.writableEnded, false)
})

test('the source is read no faster than the target takes it', async () => {
  let given = 0
  const stuck: (() => void)[] = []
  const target = new Writable({ highWaterMark: 10, write: (_chunk, _encoding, done) => void stuck.push(done) })
  const source = (async function* () {
    for (; given < 1000; given += 1) yield new Uint8Array(10)
  })()
  const pumped = pump(source, target)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(given, 0)
  target.destroy()
  assert.equal(await pumped, 'gone')
})

test('a target that closes ends the iteration, although the source is waiting', async () => {
  const target = new PassThrough()
  let returned = false
  const source: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: async () => {
        returned = true
        return { done: true, value: undefined }
      },
    }),
  }
  const pumped = pump(source, target)
  target.destroy()
  assert.equal(await pumped, 'gone')
  assert.equal(returned, true)
})

test('a target that had closed before is not written to', async () => {
  const target = new PassThrough()
  target.destroy()
  await once(target, 'close')
  assert.equal(await pump((async function* () {})(), target), 'gone')
})

test('an error of the source is the result', async () => {
  const failing = (async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a')
    throw new RangeError('broken')
  })()
  await assert.rejects(pump(failing, new PassThrough()), RangeError)
})

test('ten thousand pieces leave no listener behind', async () => {
  const target = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => setImmediate(done) })
  await pump(
    (async function* () {
      for (let count = 0; count < 10_000; count += 1) yield Buffer.from('x')
    })(),
    target,
  )
  assert.equal(target.listenerCount('close') + target.listenerCount('drain'), 0)
})
