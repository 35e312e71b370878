import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { escapeHtml, pageHtml } from './page.ts'

const HOSTILE = `<img src=x onerror=alert(1)>"'\`</style><script>alert(1)</script>&`
const frame = { nonce: 'n0nce', styles: 'p{}' }

test('whatever the texts hold, they stay text in every place', () => {
  const html = pageHtml(
    {
      title: HOSTILE,
      subtitle: HOSTILE,
      sections: [
        { heading: HOSTILE, content: { kind: 'facts', facts: [{ name: HOSTILE, value: HOSTILE, isCode: true }] } },
        { heading: '', content: { kind: 'table', columns: [HOSTILE], rows: [[HOSTILE]] } },
        { heading: '', content: { kind: 'text', text: HOSTILE } },
      ],
    },
    frame,
  )
  assert.doesNotMatch(html, /<img|<script|onerror=alert\(1\)>|<\/style><s/)
  assert.equal(html.split('<style').length, 2)
})

test('nothing runs and nothing is loaded: the policy says so', () => {
  assert.match(pageHtml({ title: '', sections: [] }, frame), /content="default-src 'none'; style-src 'nonce-n0nce'"/)
})

test('no text leaves a character that HTML knows', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[<>"'`]/.test(escapeHtml(text))))
})
