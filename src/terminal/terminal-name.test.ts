import assert from 'node:assert/strict'
import { test } from 'node:test'
import { labelOf, terminalName } from './terminal-name.ts'

test('a tab says which container, and which program', () => {
  assert.equal(terminalName('web', labelOf(['/usr/bin/bash', '-l'])), 'web · bash')
  assert.equal(terminalName('web', ''), 'web')
})

test('what an image calls its programs stays text: no icons, no lines, nothing turned round, and not without end', () => {
  const name = terminalName('$(warning)\nweb', labelOf([`/bin/\u202e\x1b]0;x\x07${'a'.repeat(200)}`]))
  assert.doesNotMatch(name, /\$\(|[\p{Cc}\u202e]/u)
  assert.ok(name.length < 100)
})
