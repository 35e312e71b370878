import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EngineError } from '../client/engine-error.ts'
import { InWords } from './in-words.ts'
import { wordsOf } from './words.ts'

test('an error that is known has a sentence of ours, and perhaps something that helps', () => {
  const { sentence, action } = wordsOf(new EngineError('no-space', 'write /var/lib/x: ENOSPC'))
  assert.doesNotMatch(sentence, /ENOSPC/)
  assert.equal(action?.command, 'pocker.cleanUp')
})

test('one that is not known has the engine’s sentence and hint, in one line and inert', () => {
  const { sentence } = wordsOf(new EngineError('whatever', 'start $(x): it\nfailed', { hint: 'try again' }))
  assert.equal(sentence, 'Start $\u200c(x): it\ufffdfailed. Try again.')
})

test('one of our own says what it says', () => {
  assert.equal(wordsOf(new InWords('no-port', '“web” publishes no port.')).sentence, '“web” publishes no port.')
})
