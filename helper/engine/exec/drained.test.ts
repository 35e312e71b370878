import assert from 'node:assert/strict'
import { closeSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { call } from '../../linux/call.ts'
import { linux } from '../../linux/constants.ts'
import { DRAIN_TIME, drained } from './drained.ts'

/** The output of a process, as the helper reads it; its other end stays open, as by what a command leaves in the background. */
function openOutput(context: TestContext): { read: () => string; write: (text: string) => void } {
  const ends = new Int32Array(2)
  call('pipe2', [new Uint8Array(ends.buffer), linux.O_CLOEXEC], 'pipe')
  const [from = -1, to = -1] = ends
  const socket = new Socket({ fd: from, readable: true, writable: false })
  let text = ''
  socket.on('data', (piece: Buffer) => (text += piece.toString()))
  context.after(() => {
    socket.destroy()
    closeSync(to)
  })
  return { read: () => text, write: (words) => void writeSync(to, words) }
}

test('an output is not over before what there is has been read, however busy this thread was', async (context) => {
  const { read, write } = openOutput(context)
  await turn()
  const over = drained({ isFull: false })
  write('last words')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, DRAIN_TIME + 100)
  await over
  assert.equal(read(), 'last words')
})

test('an output whose reader takes nothing is not over', async () => {
  const sink = { isFull: true }
  let isOver = false
  const over = drained(sink).then(() => (isOver = true))
  const begun = performance.now()
  while (performance.now() - begun < 2.5 * DRAIN_TIME) await turn()
  assert.equal(isOver, false)
  sink.isFull = false
  await over
})
