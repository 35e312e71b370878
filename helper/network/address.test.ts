import assert from 'node:assert/strict'
import { isIPv6 } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  addressBytes,
  contains,
  maskBytes,
  overlaps,
  parseAddress,
  parseSubnet,
  printAddress,
  printSubnet,
  readAddress,
  subnetOf,
} from './address.ts'

const subnet = (text: string) => parseSubnet(text) ?? assert.fail(text)
const address = (text: string) => parseAddress(text) ?? assert.fail(text)

for (const [written, printed] of [
  ['10.0.0.1', '10.0.0.1'],
  ['255.255.255.255', '255.255.255.255'],
  ['::', '::'],
  ['::1', '::1'],
  ['fd00:0:0:1::2', 'fd00:0:0:1::2'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['fd00::', 'fd00::'],
  ['::ffff:10.1.2.3', '::ffff:10.1.2.3'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
] as const) {
  test(`${written} is ${printed}`, () => assert.equal(printAddress(address(written)), printed))
}

test('what is printed is read as the same address', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.integer({ min: 0, max: 15 }), (bytes, zeros) => {
      bytes.fill(0, Math.min(zeros, 8), 8)
      const read = readAddress(bytes)
      const text = printAddress(read)
      assert.ok(isIPv6(text), text)
      assert.deepEqual(parseAddress(text), read)
      assert.deepEqual(addressBytes(read), bytes)
    }),
  )
})

test('what is no address is none', () => {
  for (const text of ['', '10.0.0', '10.0.0.256', 'fe80::1%eth0', 'host', '1::2::3']) assert.equal(parseAddress(text), undefined)
  for (const text of ['10.0.0.0', '10.0.0.0/33', '::/129', '10.0.0.0/-1', '/8', '10.0.0.0/8/8']) assert.equal(parseSubnet(text), undefined)
})

test('subnets: their base, mask, members and neighbours', () => {
  assert.equal(printSubnet(subnet('10.1.2.3/24')), '10.1.2.0/24')
  assert.equal(printSubnet(subnetOf(address('fd00::1:2'), 64)), 'fd00::/64')
  assert.deepEqual([...maskBytes(subnet('10.0.0.0/20'))], [255, 255, 240, 0])
  assert.deepEqual([...maskBytes(subnet('0.0.0.0/0'))], [0, 0, 0, 0])
  assert.ok(contains(subnet('10.0.0.0/8'), address('10.255.255.255')))
  assert.ok(!contains(subnet('10.0.0.0/8'), address('11.0.0.0')))
  assert.ok(!contains(subnet('::/0'), address('10.0.0.1')))
  assert.ok(overlaps(subnet('10.0.0.0/8'), subnet('10.1.0.0/16')))
  assert.ok(!overlaps(subnet('10.0.0.0/24'), subnet('10.0.1.0/24')))
})
