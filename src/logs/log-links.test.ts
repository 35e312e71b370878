import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { quickest } from '../testing/quickest.ts'
import { findLinks } from './log-links.ts'

/** The linked text and what it leads to. */
function linksOf(line: string): string[] {
  return findLinks(line).map((link) => {
    const text = line.slice(link.start, link.end)
    if (link.kind === 'port') return `${text} → ${link.scheme} ${link.port} ${link.path}`.trim()
    if (link.kind === 'source') return `${text} → ${link.path} ${link.line}`
    return `${text} → ${link.path} ${link.line ?? ''} ${link.column ?? ''}`.trim()
  })
}

const CASES: readonly (readonly [line: string, ...links: string[]])[] = [
  ['listening on http://0.0.0.0:8080/', 'http://0.0.0.0:8080/ → http 8080 /'],
  ['ready at https://localhost:8443/app?a=1.', 'https://localhost:8443/app?a=1 → https 8443 /app?a=1'],
  ['Listening on :8080', ':8080 → http 8080'],
  ['nginx: [::]:80 and 127.0.0.1:3000,', '[::]:80 → http 80', '127.0.0.1:3000 → http 3000'],
  ['Server running on port 3000', '3000 → http 3000'],
  ['Server listening on port: 5000.', '5000 → http 5000'],
  ['at 12:30:45 it was 2026-11-28T12:30:45.123Z'],
  ['ratio 3:2, host db:5432 is another machine'],
  ['not a port: localhost:99999, localhost:0080, port 3.14'],
  ['Error at f (/app/src/x.ts:12:3)', '/app/src/x.ts:12:3 → /app/src/x.ts 12 3'],
  ['    at file:///app/my%20x.mjs:7:1', 'file:///app/my%20x.mjs:7:1 → /app/my x.mjs 7 1'],
  ['  File "/usr/lib/python3/app.py", line 42, in main', '/usr/lib/python3/app.py", line 42 → /usr/lib/python3/app.py 42'],
  ['/app/Program.cs(10,5): error CS1002', '/app/Program.cs(10,5) → /app/Program.cs 10 5'],
  ['reading /etc/nginx/nginx.conf.', '/etc/nginx/nginx.conf → /etc/nginx/nginx.conf'],
  ['GET /api/users 200, see //cdn.example.com/x.js or a/b.c'],
  ['    at com.shop.Cart.add(Cart.java:17)', 'Cart.java:17 → com/shop/Cart.java 17'],
  ['    at java.base/java.lang.Thread.run(Thread.java:840)', 'Thread.java:840 → java/lang/Thread.java 840'],
]

for (const [line, ...links] of CASES) test(line.trim(), () => assert.deepEqual(linksOf(line), links))

test('links of any line are in order and within it', () => {
  const parts = fc.constantFrom(
    'http://',
    'localhost',
    ':8080',
    '/app/x.ts',
    ':1',
    ' ',
    '"',
    '.',
    'at ',
    'a.b.C.d(',
    'C.java:3)',
    '[::]',
    'port 80',
    '(',
  )
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 30 }), (words) => {
      const line = words.join('')
      let end = 0
      for (const link of findLinks(line)) {
        assert.ok(link.start >= end && link.end > link.start && link.end <= line.length)
        end = link.end
      }
    }),
  )
})

test('no line takes long, whatever it repeats', () => {
  for (const part of [
    '/a',
    '/a.',
    'a/',
    ':1',
    ':80',
    'at a.',
    'at a.b.c.d.e(',
    '::',
    '[::]:',
    'port ',
    '/a.b:1',
    '%2f',
    'localhost:',
    '-',
    '/',
    '//a',
  ]) {
    const line = part.repeat(10_000)
    const took = quickest(100, () => findLinks(line))
    assert.ok(took < 100, `${part}: ${took} ms`)
  }
})
