import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { throwsCode } from '../testing/throws-code.ts'
import { parseExpose, parsePublish } from './port.ts'

const flat = (text: string) => parsePublish(text).map(({ port, binding }) => `${binding.HostIp}|${binding.HostPort}|${port}`)

for (const [text, ports] of [
  ['80', ['||80/tcp']],
  ['8080:80', ['|8080|80/tcp']],
  ['8080:80/udp', ['|8080|80/udp']],
  ['127.0.0.1:8080:80/TCP', ['127.0.0.1|8080|80/tcp']],
  ['127.0.0.1::80', ['127.0.0.1||80/tcp']],
  ['[::1]:8080:80', ['::1|8080|80/tcp']],
  ['::1:8080:80', ['::1|8080|80/tcp']],
  ['8000-8001:80-81', ['|8000|80/tcp', '|8001|81/tcp']],
  ['8000-8009:80', ['|8000-8009|80/tcp']],
  ['80-81', ['||80/tcp', '||81/tcp']],
  ['published=8080,target=80,protocol=udp', ['|8080|80/udp']],
] as const) {
  test(`-p ${text}`, () => assert.deepEqual(flat(text), ports))
}

for (const text of [
  '',
  ':',
  '8080:',
  'x:80',
  '80/icmp',
  '1-3:1-2',
  '3-1:3-1',
  '65536',
  'nothost:80:80',
  '1.2.3:80:80',
  'a=b=c,=x',
  '80/tcp/udp',
  '1-2-3',
]) {
  test(`-p "${text}" is refused`, () => throwsCode('invalid-port', () => parsePublish(text)))
}

test('--expose takes ports and ranges, but no mapping', () => {
  assert.deepEqual(parseExpose('53/udp'), ['53/udp'])
  assert.deepEqual(parseExpose('7000-7002'), ['7000/tcp', '7001/tcp', '7002/tcp'])
  throwsCode('invalid-port', () => parseExpose('80:80'))
})

test('ranges of one length are joined pairwise', () => {
  const start = fc.integer({ min: 1, max: 60_000 })
  fc.assert(
    fc.property(start, start, fc.nat(50), fc.constantFrom('tcp', 'udp', 'sctp'), (host, container, width, protocol) => {
      const ports = parsePublish(`${host}-${host + width}:${container}-${container + width}/${protocol}`)
      assert.equal(ports.length, width + 1)
      for (const [offset, { port, binding }] of ports.entries()) {
        assert.equal(port, `${container + offset}/${protocol}`)
        if (width > 0) assert.equal(binding.HostPort, String(host + offset))
      }
    }),
  )
})

test('no text makes it fail otherwise than as a wrong port', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0189:-/[].=,tcpx') }), (text) => {
      try {
        parsePublish(text)
      } catch (error) {
        assert.equal(Reflect.get(Object(error), 'code'), 'invalid-port')
      }
    }),
  )
})
