import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { goQuote } from './go-print.ts'
import { indentJson } from './indent-json.ts'
import { goTime, rfc3339 } from './local-time.ts'
import { displayPorts } from './ports.ts'
import { shortId } from './short-id.ts'

test('any JSON is indented as JSON.stringify does', () => {
  fc.assert(
    fc.property(fc.json(), (text) => assert.equal(indentJson(text), JSON.stringify(JSON.parse(text), null, 4))),
    { examples: [['{"a":[],"b":{},"c":[{"d":"}{\\""}]}']] },
  )
})

test('numbers keep all their digits', () =>
  assert.equal(indentJson('[9223372036854771712,1.0]'), '[\n    9223372036854771712,\n    1.0\n]'))

test('a command is quoted as Go does', () => {
  assert.equal(goQuote('sh -c "echo\thi"\n'), '"sh -c \\"echo\\thi\\"\\n"')
  assert.equal(goQuote('日本\u001b\u200b\\'), '"日本\\x1b\\u200b\\\\"')
})

test('times have the zone of the caller', () => {
  assert.match(goTime(1767225600), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} \S+$/)
  const text = rfc3339(1767225600_123456789n)
  assert.match(text, /\.123456789(Z|[+-]\d\d:\d\d)$/)
  assert.equal(Date.parse(text), 1767225600123)
})

test('ports are sorted and neighbours joined', () => {
  const ports = [
    { PrivatePort: 444, Type: 'tcp' as const },
    { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' as const },
    { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' as const },
    { PrivatePort: 443, Type: 'tcp' as const },
    { PrivatePort: 500, Type: 'udp' as const },
    { PrivatePort: 450, Type: 'tcp' as const },
    { IP: '127.0.0.1', PrivatePort: 9001, PublicPort: 9001, Type: 'tcp' as const },
    { IP: '127.0.0.1', PrivatePort: 9000, PublicPort: 9000, Type: 'tcp' as const },
  ]
  assert.equal(
    displayPorts(ports),
    '443-444/tcp, 450/tcp, 500/udp, 127.0.0.1:9000-9001->9000-9001/tcp, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp',
  )
})

test('an ID is cut to twelve digits', () => assert.equal(shortId(`sha256:${'ab'.repeat(32)}`), 'abababababab'))
