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
      notice: HOSTILE,
      sections: [
        { heading: HOSTILE, content: { kind: 'facts', facts: [{ name: HOSTILE, value: HOSTILE, isCode: true }] } },
        { heading: '', content: { kind: 'table', columns: [HOSTILE], rows: [[HOSTILE]] } },
        { heading: '', content: { kind: 'text', text: HOSTILE } },
        { heading: '', content: { kind: 'words', text: HOSTILE } },
        {
          heading: '',
          content: {
            kind: 'remarks',
            remarks: [{ tone: 'bad', state: HOSTILE, title: HOSTILE, detail: HOSTILE, remedy: HOSTILE, command: HOSTILE }],
          },
        },
        {
          heading: '',
          content: {
            kind: 'steps',
            steps: [{ title: HOSTILE, note: HOSTILE, amount: HOSTILE, lines: [{ name: HOSTILE, text: HOSTILE }] }],
          },
        },
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

test('a bar is as long as its share, whatever that is', () => {
  const widths = [0.5, -1, 7, Number.NaN].map((share) => {
    const steps = [{ title: '', note: '', amount: '', share, lines: [] }]
    return /rect width="([^"]*)"/.exec(pageHtml({ title: '', sections: [{ heading: '', content: { kind: 'steps', steps } }] }, frame))?.[1]
  })
  assert.deepEqual(widths, ['50.00%', '0.00%', '100.00%', '0.00%'])
})
