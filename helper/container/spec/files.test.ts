import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseExtraHost } from './extra-hosts.ts'
import { hostnameFile, hostsFile } from './files.ts'
import { refusal, unlessRefused } from './refused.fixture.ts'
import { checkDns, hostResolvConf, parseResolvConf, resolvConfFile } from './resolv-conf.ts'

const noDns = { servers: [], search: [], options: [] }
const base = { hostname: 'box', domainname: '', extraHosts: [], addresses: [] }

test('/etc/hosts has the usual lines, the extra hosts and the container itself', () => {
  const text = hostsFile({
    ...base,
    domainname: 'lan',
    extraHosts: ['db:10.0.0.5', 'me:host-gateway'],
    addresses: ['172.17.0.2'],
    gateway: '172.17.0.1',
  })
  assert.match(text, /^127\.0\.0\.1\tlocalhost\n::1\t/)
  assert.ok(text.endsWith('10.0.0.5\tdb\n172.17.0.1\tme\n172.17.0.2\tbox.lan box\n'), text)
})

test('without a gateway there is no line for it', () => {
  assert.doesNotMatch(hostsFile({ ...base, extraHosts: ['me:host-gateway'] }), /me/)
})

test("in the host's network the host's file is the base", () => {
  assert.equal(
    hostsFile({ ...base, hostFile: '127.0.0.1 localhost', extraHosts: ['a=[::2]', 'me:host-gateway'] }),
    '127.0.0.1 localhost\n::2\ta\n127.0.0.1\tme\n',
  )
})

test('/etc/hostname is one line', () => {
  assert.equal(hostnameFile('box'), 'box\n')
})

for (const text of [
  '',
  'a',
  'a:',
  ':1.2.3.4',
  'a:1.2.3',
  'a b:1.2.3.4',
  'a:1.2.3.4 evil',
  'a:1.2.3.4\nb',
  '-a:1.2.3.4',
  'a:fe80::1%eth0',
]) {
  test(`extra host ${JSON.stringify(text)} is refused`, () => {
    assert.equal(
      refusal(() => parseExtraHost(text)),
      'bad-extra-host',
    )
  })
}

test('whatever extra hosts say, each makes one line of an address and a name, or is refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.tuple(fc.string(), fc.oneof(fc.ipV4(), fc.ipV6(), fc.string())).map((pair) => pair.join(':')),
      ),
      (text) => {
        const made = unlessRefused(() => hostsFile({ ...base, hostFile: '', extraHosts: [text] }))
        if (made !== undefined && made !== '') assert.match(made, /^[0-9a-fA-F.:]+\t[a-zA-Z0-9_.-]+\n$/)
      },
    ),
  )
})

test("servers on the host's loopback are left out, and Docker's come when none is left", () => {
  assert.equal(
    resolvConfFile('nameserver 127.0.0.1\nnameserver 9.9.9.9\nsearch a b\noptions ndots:2 # x', noDns, 'own'),
    'nameserver 9.9.9.9\nsearch a b\noptions ndots:2\n',
  )
  assert.equal(resolvConfFile('nameserver 127.0.0.53\nnameserver ::1', noDns, 'own'), 'nameserver 8.8.8.8\nnameserver 8.8.4.4\n')
})

test("in the host's network its servers stay", () => {
  assert.equal(resolvConfFile('nameserver 127.0.0.53', noDns, 'host'), 'nameserver 127.0.0.53\n')
})

test("each part of the request replaces the host's", () => {
  assert.equal(
    resolvConfFile('nameserver 9.9.9.9\nsearch a\noptions x', { servers: ['1.1.1.1'], search: ['.'], options: ['ndots:1'] }, 'own'),
    'nameserver 1.1.1.1\noptions ndots:1\n',
  )
})

test("behind systemd-resolved's stub stand the real servers", () => {
  const files: Record<string, string> = {
    '/etc/resolv.conf': 'nameserver 127.0.0.53',
    '/run/systemd/resolve/resolv.conf': 'nameserver 10.0.0.1',
  }
  assert.equal(
    hostResolvConf((path) => files[path]),
    'nameserver 10.0.0.1',
  )
  assert.equal(
    hostResolvConf(() => undefined),
    '',
  )
})

test('the last search holds, comments and nonsense are passed over', () => {
  assert.deepEqual(parseResolvConf('; x\nsearch a\ndomain b\nnameserver nonsense\nnameserver'), { servers: [], search: ['b'], options: [] })
})

test('bad DNS words are refused', () => {
  for (const dns of [{ servers: ['x'] }, { servers: ['1.1.1.1\nx'] }, { search: ['a b'] }, { options: ['a b'] }]) {
    assert.equal(
      refusal(() => checkDns({ ...noDns, ...dns })),
      'bad-dns',
    )
  }
})
