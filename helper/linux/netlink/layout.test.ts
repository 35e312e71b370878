import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newAddress } from './addresses.ts'
import { attribute, be32, encodeAttributes, listAttributes, nested, readAttributes, readText, text } from './attributes.ts'
import { compare, deviceName, lookup, meta, verdict } from './expressions.ts'
import { newVeth } from './links.ts'
import { encodeMessages, readAnswers, readError } from './message.ts'
import { batch, dataType, newElements, newRule, newTable } from './nftables.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('attributes are padded to four bytes, and their length is without the padding', () => {
  const bytes = encodeAttributes([attribute(3, text('lo')), nested(4, attribute(1, be32(7)))])
  assert.equal(hex(bytes), '07000300' + '6c6f0000' + '0c000480' + '08000100' + '00000007')
  const found = readAttributes(bytes)
  assert.equal(readText(found.get(3)), 'lo')
  assert.equal(
    readAttributes(found.get(4) ?? assert.fail())
      .get(1)
      ?.readUInt32BE(0),
    7,
  )
})

test('what is cut short is not read beyond its end', () => {
  const whole = encodeAttributes([attribute(1, be32(1)), attribute(2, be32(2))])
  for (let length = 0; length < whole.length; length++) {
    const list = listAttributes(whole.subarray(0, length))
    assert.equal(list.length, length < 8 ? 0 : 1)
  }
  assert.deepEqual(listAttributes(Uint8Array.of(0, 0, 1, 0)), [])
  assert.deepEqual(readAnswers(Uint8Array.of(0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), [])
})

test('messages are numbered, and only the last one is to be acknowledged', () => {
  const table = { family: 1, name: 't' }
  const bytes = encodeMessages(batch([newTable(table)]), 5)
  const answers = readAnswers(bytes)
  assert.deepEqual(
    answers.map(({ type, sequence }) => [type, sequence]),
    [
      [16, 5],
      [0xa00, 6],
      [17, 7],
    ],
  )
  // Flags: REQUEST, REQUEST|CREATE, REQUEST|ACK. The subsystem is in network order, and every batch has it.
  assert.equal(
    hex(bytes),
    [
      '140000001000010005000000000000000000000a',
      '1c000000000a0104060000000000000001000000' + '0600010074000000',
      '140000001100050007000000000000000000000a',
    ].join(''),
  )
})

test('an address: its header, the address twice, and where everybody is', () => {
  const { body } = newAddress({ index: 2, address: Uint8Array.of(172, 29, 0, 5), prefix: 20 })
  assert.equal(hex(body), '0214000002000000' + '08000200ac1d0005' + '08000100ac1d0005' + '08000400ac1d0fff')
  const v6 = newAddress({ index: 2, address: new Uint8Array(16).fill(1), prefix: 64 }).body
  assert.equal(hex(v6.subarray(0, 8)), '0a40020002000000')
  assert.equal(readAttributes(v6.subarray(8)).has(4), false)
})

test('a pair: the other end is described where the kernel looks for it', () => {
  const mac = Uint8Array.of(2, 0x42, 1, 2, 3, 4)
  const { body } = newVeth({ name: 'pv1', bridge: 9, mtu: 1500, peer: { name: 'eth0', mac, namespace: 33 } })
  assert.equal(hex(body.subarray(0, 16)), '00000000' + '00000000' + '01000000' + '01000000')
  const outer = readAttributes(body.subarray(16))
  assert.equal(outer.get(10)?.readUInt32LE(0), 9)
  const info = readAttributes(outer.get(18) ?? assert.fail())
  assert.equal(readText(info.get(1)), 'veth')
  const peer = readAttributes(info.get(2) ?? assert.fail()).get(1) ?? assert.fail()
  const inner = readAttributes(peer.subarray(16))
  assert.equal(readText(inner.get(3)), 'eth0')
  assert.equal(hex(inner.get(1) ?? assert.fail()), '024201020304')
  assert.equal(inner.get(28)?.readUInt32LE(0), 33)
})

test('a rule is its expressions by name', () => {
  const { body } = newRule({ family: 1, name: 't' }, 'c', [
    meta('inputDevice'),
    compare('equal', deviceName('br')),
    lookup('s'),
    verdict('drop'),
  ])
  const rule = readAttributes(body.subarray(4))
  const expressions = listAttributes(rule.get(4) ?? assert.fail()).map(({ data }) => readAttributes(data))
  assert.deepEqual(
    expressions.map((one) => readText(one.get(1))),
    ['meta', 'cmp', 'lookup', 'immediate'],
  )
  assert.equal(hex(expressions[1]?.get(2) ?? assert.fail()), `0800010000000001${'0800020000000000'}18000380140001006272${'00'.repeat(14)}`)
  assert.equal(hex(expressions[3]?.get(2) ?? assert.fail()), '08000100000000001000028' + '00c000280' + '0800010000000000')
})

test('elements: key and data, each in a nest of its own', () => {
  const { body } = newElements({ family: 1, name: 't' }, 's', [{ key: be32(1), data: be32(2) }])
  const [element] = listAttributes(readAttributes(body.subarray(4)).get(3) ?? assert.fail())
  const parts = readAttributes(element?.data ?? assert.fail())
  assert.equal(hex(parts.get(1) ?? assert.fail()), '0800010000000001')
  assert.equal(hex(parts.get(2) ?? assert.fail()), '0800010000000002')
})

test('types of concatenations have six bits for each part', () => {
  assert.deepEqual(dataType('protocol', 'port'), { number: (12 << 6) | 13, size: 8 })
  assert.deepEqual(dataType('ipv4', 'port'), { number: (7 << 6) | 13, size: 8 })
  assert.deepEqual(dataType('device', 'device'), { number: (41 << 6) | 41, size: 32 })
})

test('an error: its number, and the kernel’s words behind the failed message’s header', () => {
  const words = encodeAttributes([attribute(1, text('no such thing'))])
  const body = Buffer.concat([Buffer.alloc(20), words])
  body.writeInt32LE(-2, 0)
  assert.deepEqual(readError({ type: 2, sequence: 1, body }), { errno: 2, text: 'no such thing' })
})
