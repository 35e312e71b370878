import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { OutputFlow, unfinishedSequence } from './output-flow.ts'

const QUESTION = '\x1b[5n'
const ANSWER = '\x1b[0n'
const BULK = 'x'.repeat(64 << 10)

function flowInto() {
  const written: string[] = []
  const flow = new OutputFlow((text) => written.push(text))
  const questions = () => written.filter((text) => text === QUESTION).length
  return { flow, written, questions }
}

/** Whether the promise is done by the end of this turn. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false
  void promise.then(() => {
    done = true
  })
  await turn()
  return done
}

test('what comes in one turn is written at once, and little of it asks nothing', async () => {
  const { flow, written } = flowInto()
  await flow.take('a')
  await flow.take('b')
  assert.deepEqual(written, [])
  await turn()
  assert.deepEqual(written, ['ab'])
})

test('much output waits until the terminal has answered', async () => {
  const { flow, questions } = flowInto()
  for (let round = 0; round < 3; round++) await flow.take(BULK)
  const fourth = flow.take(BULK)
  assert.equal(await isDone(fourth), false)
  assert.equal(flow.withoutAnswers(ANSWER), '')
  assert.equal(await isDone(fourth), false)
  assert.equal(flow.withoutAnswers(`a${ANSWER}b`), 'ab')
  await fourth
  assert.equal(questions(), 4)
})

test('a terminal that does not answer slows its process down and does not stop it; late answers are none of its input', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { flow } = flowInto()
  for (let round = 0; round < 3; round++) await flow.take(BULK)
  const fourth = flow.take(BULK)
  assert.equal(await isDone(fourth), false)
  t.mock.timers.tick(2_000)
  await fourth
  assert.equal(flow.withoutAnswers(ANSWER.repeat(4)), '')
})

test('answers that nobody here asked for are the process’s', async () => {
  const { flow } = flowInto()
  assert.equal(flow.withoutAnswers(ANSWER), ANSWER)
  const settled = flow.settled()
  assert.equal(flow.withoutAnswers(`${ANSWER}${ANSWER}`), ANSWER)
  await settled
})

test('a question does not cut a sequence off', async () => {
  const { flow, written, questions } = flowInto()
  await flow.take(`${BULK}\x1b[3`)
  assert.equal(questions(), 0)
  await flow.take('1mred')
  await turn()
  assert.deepEqual(written.slice(-2), ['1mred', QUESTION])
})

test('where a text ends within a sequence', () => {
  for (const [text, unfinished] of [
    ['', ''],
    ['abc', ''],
    ['abc\x1b', '\x1b'],
    ['\x1b[', '\x1b['],
    ['\x1b[38;5;1', '\x1b[38;5;1'],
    ['\x1b[1mbold', ''],
    ['\x1b(', '\x1b('],
    ['\x1b(B', ''],
    ['\x1b]0;title', '\x1b]'],
    ['\x1b]0;title\x07', ''],
    ['\x1b]8;;http://a\x1b\\link', ''],
    ['\x1bPq#0;2', '\x1bP'],
    ['\x1bPq#0;2\x1b\\', ''],
    ['\x1b[?2004h\x1b]0;a\x07$ ', ''],
  ] as const)
    assert.equal(unfinishedSequence(text), unfinished, JSON.stringify(text))
})
