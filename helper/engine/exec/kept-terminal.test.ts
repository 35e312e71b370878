import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { Attachment } from '../../http/backend.ts'
import { ABANDONED_AFTER, KeptTerminal } from './kept-terminal.ts'

/** A terminal that a test plays the process of. */
function makeTerminal(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const flow: string[] = []
  const typed: string[] = []
  let abandoned = 0
  const kept = new KeptTerminal({
    terminal: { pause: () => flow.push('pause'), resume: () => flow.push('resume') },
    input: { write: async (data) => void typed.push(Buffer.from(data).toString()), end: () => undefined, close: () => undefined },
    abandon: () => abandoned++,
  })
  const print = (text: string) => kept.take({ stream: 0, data: Buffer.from(text) })
  const wait = (milliseconds: number) => context.mock.timers.tick(milliseconds)
  return { kept, print, wait, flow, typed, abandoned: () => abandoned }
}

/** Collects what an attachment gives; `ended` says whether it has ended. */
function watch({ output }: Attachment) {
  const seen = { text: '', ended: false }
  const read = async () => {
    for await (const { data } of output) seen.text += Buffer.from(data).toString()
    seen.ended = true
  }
  void read()
  return seen
}

test('a client sees what was written before it came, and what comes', async (context) => {
  const { kept, print } = makeTerminal(context)
  print('before\r\n')
  const seen = watch(kept.attach())
  print('after\r\n')
  await turn()
  assert.deepEqual(seen, { text: 'before\r\nafter\r\n', ended: false })
})

test('a second client takes the place of the first, which ends and can write no more', async (context) => {
  const { kept, print, typed } = makeTerminal(context)
  const first = kept.attach()
  const seen = watch(first)
  print('one ')
  const second = kept.attach()
  const seenNext = watch(second)
  print('two')
  await first.write(Buffer.from('stale'))
  await second.write(Buffer.from('live'))
  await turn()
  assert.deepEqual(seen, { text: 'one ', ended: true })
  assert.deepEqual(seenNext, { text: 'one two', ended: false })
  assert.deepEqual(typed, ['live'])
  // The first one's end must not be taken for the second one's.
  first.close()
  print('!')
  await turn()
  assert.equal(seenNext.text, 'one two!')
})

test('while nobody is attached output is read on and only the last of it kept', async (context) => {
  const { kept, print, flow } = makeTerminal(context)
  const client = kept.attach()
  print('x'.repeat(2 << 20)) // nobody takes it
  assert.equal(flow.at(-1), 'pause')
  client.close()
  assert.equal(flow.at(-1), 'resume')
  for (let line = 0; line < 100_000; line++) print(`line ${line}\n`)
  const seen = watch(kept.attach())
  await turn()
  assert.ok(seen.text.length <= 256 << 10 && seen.text.length > 250_000, String(seen.text.length))
  assert.match(seen.text, /^line \d+\n[\s\S]*line 99999\n$/)
  assert.notEqual(flow.at(-1), 'pause')
})

test('after its end a client gets the last output and the end', async (context) => {
  const { kept, print, wait, abandoned } = makeTerminal(context)
  print('bye\r\n')
  kept.end()
  const seen = watch(kept.attach())
  await turn()
  assert.deepEqual(seen, { text: 'bye\r\n', ended: true })
  wait(2 * ABANDONED_AFTER)
  assert.equal(abandoned(), 0)
})

test('it is given up when nobody has come back in time, and not before', (context) => {
  const { kept, wait, abandoned } = makeTerminal(context)
  wait(ABANDONED_AFTER - 1)
  const client = kept.attach()
  wait(10 * ABANDONED_AFTER)
  assert.equal(abandoned(), 0)
  client.close()
  wait(ABANDONED_AFTER - 1)
  assert.equal(abandoned(), 0)
  wait(1)
  assert.equal(abandoned(), 1)
})
