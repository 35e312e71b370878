import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quickest } from '../testing/quickest.ts'
import { terminalSpots } from './terminal-links.ts'

/** Each spot as the text it covers and where it leads. */
function spots(line: string): string[] {
  return terminalSpots(line).map((spot) => {
    const text = line.slice(spot.start, spot.start + spot.length)
    return spot.kind === 'port'
      ? `${text} → ${spot.scheme} ${spot.port} ${spot.path}`.trimEnd()
      : `${text} → ${spot.path}:${spot.line}:${spot.column}`
  })
}

test('addresses that a container listens on', () => {
  assert.deepEqual(spots('  ➜  Local:   http://localhost:5173/'), ['http://localhost:5173/ → http 5173 /'])
  assert.deepEqual(spots('Listening on 0.0.0.0:8080.'), ['0.0.0.0:8080 → http 8080'])
  assert.deepEqual(spots('Serving on https://[::]:8443/a?b=c#d, and localhost:80'), [
    'https://[::]:8443/a?b=c#d → https 8443 /a?b=c#d',
    'localhost:80 → http 80',
  ])
  assert.deepEqual(spots('(http://127.0.0.1/path).'), ['http://127.0.0.1/path → http 80 /path'])
})

test('what is no address of its own', () => {
  for (const line of [
    'localhost',
    '127.0.0.1',
    'http://example.com:8080',
    'mylocalhost:80',
    '10.127.0.0.1:80',
    'localhost:99999',
    'http://localhost.example:80',
  ])
    assert.deepEqual(spots(line), [], line)
})

test('files, with the place in them', () => {
  assert.deepEqual(spots('    at main (/app/src/index.js:10:5)'), ['/app/src/index.js:10:5 → /app/src/index.js:10:5'])
  assert.deepEqual(spots('  File "/usr/lib/a b.py", line 3'), ['/usr/lib/a → /usr/lib/a:1:1'])
  assert.deepEqual(spots('  File "/srv/app.py", line 12, in <module>'), ['/srv/app.py", line 12 → /srv/app.py:12:1'])
  assert.deepEqual(spots('/src/x.ts(3,7): error TS1'), ['/src/x.ts(3,7) → /src/x.ts:3:7'])
  assert.deepEqual(spots('reading file:///etc/nginx/nginx.conf.'), ['file:///etc/nginx/nginx.conf → /etc/nginx/nginx.conf:1:1'])
  assert.deepEqual(spots('ls /étc/größe'), ['/étc/größe → /étc/größe:1:1'])
})

test('what only looks like a file', () => {
  for (const line of ['a/b', './a/b', '~/x', 'https://a.example/b/c', '/', 'and/or', '//comment', 'C:/x'])
    assert.deepEqual(spots(line), [], line)
})

test('a line without end takes no time', () => {
  for (const piece of ['/a', 'localhost:', '/a:1:', '(']) {
    const line = piece.repeat(500_000)
    const took = quickest(50, () => terminalSpots(line))
    assert.ok(took < 50, `${piece}: ${took} ms`)
  }
})
