import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Checked } from '../text/checked.ts'
import { plainText } from '../text/plain-text.ts'
import { looksSecret, parseLabel, parseVariable, withVariable } from './environment.ts'
import { limitsText, memoryText, parseCpus, parseMemory, parseProcesses } from './limits.ts'
import { mountText, parseMount } from './mount-spec.ts'
import { parseContainerName, parseImageName, suggestName } from './names.ts'
import type { PublishedPort } from './port-spec.ts'
import { isOpenToOthers, parsePort, portArrow, portText } from './port-spec.ts'

const good = <T>(checked: Checked<T>): T | undefined => ('value' in checked ? checked.value : undefined)
const isBad = (checked: Checked<unknown>) => 'problem' in checked

test('a port without an address is for this machine alone', () => {
  assert.deepEqual(good(parsePort('8080:80')), { container: 80, protocol: 'tcp', host: 8080, address: '127.0.0.1' })
  assert.deepEqual(good(parsePort('80/UDP')), { container: 80, protocol: 'udp', address: '127.0.0.1' })
  assert.deepEqual(good(parsePort('*:53:53/udp')), { container: 53, protocol: 'udp', host: 53, address: '0.0.0.0' })
  assert.deepEqual(good(parsePort('[::1]:1:2')), { container: 2, protocol: 'tcp', host: 1, address: '::1' })
  assert.deepEqual(good(parsePort('0.0.0.0::80')), { container: 80, protocol: 'tcp', address: '0.0.0.0' })
})

test('what is no port is told', () => {
  const texts = [
    '',
    '0:80',
    '8080:0',
    '65536',
    '80-90',
    'a',
    '1:2:3',
    'host:1:2',
    '80/icmp',
    '80/tcp/x',
    '8080:80; rm',
    '１:2',
    '-1:80',
    '1e3',
  ]
  for (const text of texts) assert.ok(isBad(parsePort(text)), text)
})

test('ports are written as they are read', () => {
  const port = fc.record(
    {
      container: fc.integer({ min: 1, max: 65535 }),
      protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'sctp' as const),
      host: fc.integer({ min: 1, max: 65535 }),
      address: fc.constantFrom('127.0.0.1', '0.0.0.0', '::1', 'fe80::1', '10.0.0.1'),
    },
    { requiredKeys: ['container', 'protocol', 'address'], noNullPrototype: true },
  )
  fc.assert(fc.property(port, (its) => assert.deepEqual(good(parsePort(portText(its))), its)))
  const open: PublishedPort = { container: 80, protocol: 'tcp', host: 8080, address: '' }
  for (const address of ['', '0.0.0.0']) {
    assert.equal(portArrow({ ...open, address }), '*:8080 → 80')
    assert.ok(isOpenToOthers({ ...open, address }))
  }
  assert.ok(!isOpenToOthers({ ...open, address: '127.0.0.1' }))
})

test('mounts are folders, volumes or fresh ones', () => {
  assert.deepEqual(good(parseMount('/a b:/data:ro')), { source: '/a b', target: '/data', mode: 'ro' })
  assert.deepEqual(good(parseMount('cache:/var/cache')), { source: 'cache', target: '/var/cache', mode: '' })
  assert.deepEqual(good(parseMount('/scratch')), { target: '/scratch', mode: '' })
  for (const text of ['/a:/b', 'vol:/b:ro,z', '/x']) assert.equal(mountText(good(parseMount(text)) ?? { target: '', mode: '' }), text)
})

test('what is no mount is told', () => {
  for (const text of [
    '',
    ':',
    ':/a',
    '/a:',
    '/a:b',
    './a:/b',
    '../a:/b',
    '/a:/',
    '/a://.',
    '/a:/b:zz',
    '/a:/b:',
    'a b:/c',
    'v:/b:ro:x',
    '/a\0:/b',
  ]) {
    assert.ok(isBad(parseMount(text)), text)
  }
})

test('variables and labels have names', () => {
  assert.equal(good(parseVariable('A=b=c ')), 'A=b=c ')
  assert.equal(good(parseVariable('A')), 'A')
  for (const text of ['', '=a', ' =a', 'A B=c', 'A=\0']) assert.ok(isBad(parseVariable(text)), text)
  assert.deepEqual(good(parseLabel('a.b=c=d')), ['a.b', 'c=d'])
  assert.deepEqual(good(parseLabel('a')), ['a', ''])
  assert.deepEqual(withVariable(['A=1', 'B=2'], 'A=3'), ['A=3', 'B=2'])
})

test('secrets are known by their names', () => {
  for (const entry of ['POSTGRES_PASSWORD=x', 'GITHUB_TOKEN=x', 'AWS_SECRET_ACCESS_KEY=x', 'api-key', 'apiKey=1', 'DB_PASS=1']) {
    assert.equal(looksSecret(entry), entry !== 'api-key', entry)
  }
  assert.ok(!looksSecret('NODE_ENV=token'))
})

test('limits are read with their units', () => {
  assert.equal(good(parseMemory('512m')), 2 ** 29)
  assert.equal(good(parseMemory('1.5 GB')), 1.5 * 2 ** 30)
  assert.equal(good(parseCpus('.5')), 0.5)
  assert.equal(good(parseProcesses('100')), 100)
  for (const text of ['x', '5m', '-1', '1e9', '512q', '9999999999999t']) assert.ok(isBad(parseMemory(text)), text)
  for (const text of ['x', '0', '-1', '1e1', 'Infinity']) assert.ok(isBad(parseCpus(text)), text)
  for (const text of ['x', '0', '1.5', '-1']) assert.ok(isBad(parseProcesses(text)), text)
  for (const bytes of [2 ** 29, 6291457, 3 * 2 ** 30]) assert.equal(good(parseMemory(memoryText(bytes))), bytes)
  assert.equal(limitsText({ memory: 2 ** 29, cpus: 1 }), '512m memory, 1 CPU')
})

test('names of images', () => {
  assert.deepEqual(good(parseImageName('nginx')), { repository: 'nginx', tag: 'latest' })
  assert.deepEqual(good(parseImageName(' localhost:5000/a/b:1 ')), { repository: 'localhost:5000/a/b', tag: '1' })
  const digest = `sha256:${'a'.repeat(64)}`
  assert.deepEqual(good(parseImageName(`ghcr.io/a/b:1@${digest}`)), { repository: 'ghcr.io/a/b', tag: digest })
  const bad = [
    '',
    'Nginx',
    '-v',
    'a b',
    'a:',
    '../a',
    'a/../b',
    'a?b',
    'a@sha256:1',
    'http://a/b',
    '--privileged',
    'a\n',
    'a'.repeat(64),
    'x/'.repeat(600),
  ]
  for (const text of bad.filter((name) => name !== 'a\n')) assert.ok(isBad(parseImageName(text)), text)
})

test('names of containers', () => {
  const taken = new Set(['nginx', 'nginx-2'])
  assert.equal(good(parseContainerName(' web ', taken)), 'web')
  assert.equal(good(parseContainerName('', taken)), '')
  for (const name of ['nginx', '-a', 'a b', 'a/b', '../a', 'a'.repeat(256), 'é']) assert.ok(isBad(parseContainerName(name, taken)), name)
  assert.equal(suggestName('docker.io/library/nginx:1.27', taken), 'nginx-3')
  assert.equal(suggestName('ghcr.io/me/app@sha256:x', taken), '')
  assert.equal(suggestName(`sha256:${'a'.repeat(64)}`, taken), '')
})

test('text of an engine cannot hide, break lines or bring icons', () => {
  assert.equal(plainText('a\nb\u001b[2J\u202e$(trash)'), 'a\ufffdb\ufffd[2J\ufffd$\u200c(trash)')
  assert.equal(plainText('x'.repeat(400)).length, 300)
})
