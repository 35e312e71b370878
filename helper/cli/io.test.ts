import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { flushed, terminalSize, write } from './io.ts'

/** A stream whose writes end when they are let go. */
function slowStream(highWaterMark: number): { stream: Writable; letGo: () => void } {
  const waiting: (() => void)[] = []
  return {
    stream: new Writable({ highWaterMark, write: (_chunk, _encoding, done) => void waiting.push(done) }),
    letGo: () => waiting.shift()?.(),
  }
}

test('a stream below its limit is flushed when its write has ended', async () => {
  const { stream, letGo } = slowStream(1000)
  assert.equal(write(stream, 'text'), undefined)
  let done = false
  const waiting = flushed(stream).then(() => {
    done = true
  })
  await Promise.resolve()
  assert.equal(done, false)
  letGo()
  letGo()
  setImmediate(letGo)
  await waiting
  assert.equal(stream.writableLength, 0)
})

test('a stream over its limit is waited for', async () => {
  const { stream, letGo } = slowStream(1)
  const waiting = write(stream, 'text')
  assert.ok(waiting !== undefined)
  letGo()
  await waiting
})

test('nobody waits for a stream that is gone', async () => {
  const { stream } = slowStream(1)
  const waiting = write(stream, 'text')
  stream.destroy()
  await waiting
  await flushed(stream)
})

test('only a terminal has a size', () => {
  const { stream } = slowStream(1)
  assert.equal(terminalSize(stream), undefined)
  assert.equal(terminalSize(Object.assign(stream, { isTTY: true, rows: 0, columns: 0 })), undefined)
  assert.deepEqual(terminalSize(Object.assign(stream, { isTTY: true, rows: 24, columns: 80 })), { height: 24, width: 80 })
})
