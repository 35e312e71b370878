import assert from 'node:assert/strict'
import { test } from 'node:test'
import { escapeMarkdown } from './escape-markdown.ts'

test('nothing of a text is markup', () => {
  assert.equal(escapeMarkdown('**a** [b](command:x)'), '\\*\\*a\\*\\* \\[b\\]\\(command\\:x\\)')
  assert.equal(escapeMarkdown('<img src=x>&amp;'), '\\<img src\\=x\\>\\&amp\\;')
  assert.equal(escapeMarkdown('https://evil.example www.evil.example'), 'https\\:\\/\\/evil\\.example www\\.evil\\.example')
})

test('lines, controls and icons are taken out of it', () => {
  assert.equal(escapeMarkdown('a\n# b'), 'a\ufffd\\# b')
  assert.doesNotMatch(escapeMarkdown('$(trash)'), /\$\\?\(/)
})

test('letters of all scripts stay', () => {
  assert.equal(escapeMarkdown('Größe 数 é'), 'Größe 数 é')
})
