import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { throwsCode } from '../testing/throws-code.ts'
import { parseFilter } from './filter.ts'
import { parseAddress, parseExtraHost, parseMacAddress, parseSearchDomain } from './host.ts'
import { parseEnvironment, parseKeyValueFile, parseLabel, toRecord } from './key-values.ts'
import { isUserDefined, parseNetwork } from './network.ts'
import { parseRestartPolicy } from './restart.ts'
import { parseSecurityOptions } from './security.ts'
import { parseUlimit } from './ulimit.ts'

test('a variable without value is taken from the caller, or unset', () => {
  assert.equal(parseEnvironment('A=', {}), 'A=')
  assert.equal(parseEnvironment('A', { A: 'x=y' }), 'A=x=y')
  assert.equal(parseEnvironment('A', {}), 'A')
  throwsCode('invalid-environment', () => parseEnvironment('=x', {}))
})

test('an env file has comments, blank lines and names to look up', () => {
  const file = '\uFEFF# comment\nA=1 # kept\r\n\n  B=two words \nC\nD\n'
  assert.deepEqual(
    parseKeyValueFile(file, (name) => (name === 'C' ? 'found' : undefined)),
    ['A=1 # kept', 'B=two words ', 'C=found'],
  )
  throwsCode('invalid-env-file', () => parseKeyValueFile('a b=1', () => undefined))
  throwsCode('invalid-env-file', () => parseKeyValueFile('=1', () => undefined))
})

test('any variables written as a file come back', () => {
  const line = fc
    .tuple(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/), fc.string({ unit: 'grapheme-ascii' }))
    .map(([name, value]) => `${name}=${value}`)
  fc.assert(
    fc.property(fc.array(line), (lines) =>
      assert.deepEqual(
        parseKeyValueFile(lines.join('\n'), () => undefined),
        lines,
      ),
    ),
  )
})

test('a label needs a name without blanks', () => {
  assert.equal(parseLabel('a=b c'), 'a=b c')
  throwsCode('invalid-label', () => parseLabel('a b=c'))
  throwsCode('invalid-label', () => parseLabel('=c'))
  assert.deepEqual(toRecord(['a=1', 'b', 'a=2=3']), { a: '2=3', b: '' })
})

test('an ulimit is soft and hard, soft not above hard', () => {
  assert.deepEqual(parseUlimit('nofile=1024:2048'), { Name: 'nofile', Soft: 1024, Hard: 2048 })
  assert.deepEqual(parseUlimit('core=-1'), { Name: 'core', Soft: -1, Hard: -1 })
  for (const text of ['nofile', 'foo=1', 'nofile=2:1', 'nofile=-1:5', 'nofile=1:2:3']) throwsCode('invalid-ulimit', () => parseUlimit(text))
  throwsCode('invalid-number', () => parseUlimit('nofile=x'))
})

test('a restart policy has a name of four, and a count only on failure', () => {
  assert.deepEqual(parseRestartPolicy('on-failure:3'), { Name: 'on-failure', MaximumRetryCount: 3 })
  assert.deepEqual(parseRestartPolicy('always'), { Name: 'always', MaximumRetryCount: 0 })
  for (const text of ['sometimes', 'always:3', 'on-failure:1:2', ':3']) throwsCode('invalid-restart-policy', () => parseRestartPolicy(text))
  throwsCode('invalid-number', () => parseRestartPolicy('on-failure:x'))
})

test('an extra host is a name and an address in either notation', () => {
  assert.equal(parseExtraHost('a:1.2.3.4'), 'a:1.2.3.4')
  assert.equal(parseExtraHost('a=[::1]'), 'a:::1')
  assert.equal(parseExtraHost('a:::1'), 'a:::1')
  assert.equal(parseExtraHost('a:host-gateway'), 'a:host-gateway')
  for (const text of ['a', ':1.2.3.4', 'a:', 'a:nope', 'a:1.2.3']) throwsCode('invalid-host', () => parseExtraHost(text))
})

test('addresses and domains are what they say', () => {
  assert.equal(parseAddress(' 8.8.8.8 '), '8.8.8.8')
  throwsCode('invalid-address', () => parseAddress('8.8.8'))
  assert.equal(parseSearchDomain('.'), '.')
  throwsCode('invalid-domain', () => parseSearchDomain('a..b'))
  assert.equal(parseMacAddress('92:d0:c6:0a:29:33'), '92:d0:c6:0a:29:33')
  throwsCode('invalid-mac-address', () => parseMacAddress('92:d0'))
})

test('a network is a name, or fields', () => {
  assert.deepEqual(parseNetwork('container:abc'), { name: 'container:abc', endpoint: {} })
  assert.deepEqual(parseNetwork('name=n,alias=a,alias=b,ip=10.0.0.2'), {
    name: 'n',
    endpoint: { Aliases: ['a', 'b'], IPAMConfig: { IPv4Address: '10.0.0.2' } },
  })
  for (const text of ['', 'alias=a', 'name=n,foo=bar']) throwsCode('invalid-network', () => parseNetwork(text))
  assert.deepEqual(['none', 'container:x', 'mine'].map(isUserDefined), [false, false, true])
})

test('a seccomp profile is read from its file, other options stay', () => {
  const read = (path: string) => (path === 'p.json' ? '{ "a": 1 }' : 'nonsense')
  const parsed = parseSecurityOptions(
    ['seccomp=p.json', 'systempaths=unconfined', 'no-new-privileges', 'label:disable', 'seccomp=unconfined'],
    read,
  )
  assert.deepEqual(parsed, {
    options: ['seccomp={"a":1}', 'no-new-privileges', 'label:disable', 'seccomp=unconfined'],
    unconfinedPaths: true,
  })
  throwsCode('invalid-security-option', () => parseSecurityOptions(['apparmor'], read))
  throwsCode('invalid-security-option', () => parseSecurityOptions(['seccomp=other'], read))
})

test('a filter is a name and a value', () => {
  assert.deepEqual(parseFilter('Label=a=b '), { name: 'label', value: 'a=b' })
  assert.equal(parseFilter(''), undefined)
  throwsCode('invalid-filter', () => parseFilter('label'))
})
