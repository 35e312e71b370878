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

test('a port that is in use is told with its owner', () => {
  const text = 'publish port 127.0.0.1:8080/tcp: port is already allocated, container web has it'
  const { sentence } = wordsOf(new EngineError('port-in-use', text, { hint: 'stop that, or publish at another port of this host' }))
  assert.equal(sentence, 'Port 127.0.0.1:8080/tcp is already used by container web. Stop that, or publish another port.')
  assert.equal(wordsOf(new EngineError('port-in-use', 'taken')).sentence, 'Taken.')
})

test('one of our own says what it says', () => {
  assert.equal(wordsOf(new InWords('no-port', '“web” publishes no port.')).sentence, '“web” publishes no port.')
})
