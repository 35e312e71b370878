import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PockerError } from '../api/errors.ts'
import { contains, parseAddress, parseSubnet } from './address.ts'
import { AddressPool } from './address-pool.ts'
import { chooseIpv6Subnet, chooseSubnet } from './choose-subnet.ts'

const subnet = (text: string) => parseSubnet(text) ?? assert.fail(text)
const NOBODY: ReadonlySet<string> = new Set()

function pool(whole: string, options: { range?: string; kept?: readonly string[] } = {}): AddressPool {
  return new AddressPool({ subnet: subnet(whole), range: subnet(options.range ?? whole), kept: options.kept ?? [] })
}

test('addresses are given in turn, and one that is given back comes last', () => {
  const some = pool('10.0.0.0/29', { kept: ['10.0.0.1'] })
  const take = () => some.take({ avoid: NOBODY })
  assert.deepEqual([take(), take()], ['10.0.0.2', '10.0.0.3'])
  some.release('10.0.0.2')
  assert.deepEqual([take(), take(), take(), take()], ['10.0.0.4', '10.0.0.5', '10.0.0.6', '10.0.0.2'])
  assert.throws(take, { code: 'addresses-exhausted' })
})

test('a container gets back what it had, if nobody has it', () => {
  const some = pool('10.0.0.0/24')
  assert.equal(some.take({ before: '10.0.0.77', avoid: NOBODY }), '10.0.0.77')
  assert.equal(some.take({ before: '10.0.0.77', avoid: NOBODY }), '10.0.0.1')
  assert.equal(some.take({ before: '10.9.9.9', avoid: NOBODY }), '10.0.0.2')
})

test('an address that somebody will come for is left out', () => {
  assert.equal(pool('10.0.0.0/24').take({ avoid: new Set(['10.0.0.1', '10.0.0.2']) }), '10.0.0.3')
})

test('claims: outside, kept, taken twice', () => {
  const some = pool('10.0.0.0/24', { range: '10.0.0.128/25', kept: ['10.0.0.1'] })
  assert.equal(some.claim('10.0.0.5'), '10.0.0.5')
  for (const [text, code] of [
    ['10.0.0.5', 'address-in-use'],
    ['10.0.0.1', 'address-in-use'],
    ['10.0.1.1', 'address-outside-subnet'],
    ['10.0.0.0', 'address-outside-subnet'],
    ['10.0.0.255', 'address-outside-subnet'],
    ['fd00::1', 'address-outside-subnet'],
    ['nonsense', 'address-outside-subnet'],
  ] as const) {
    assert.throws(() => some.claim(text), { code })
  }
  assert.equal(some.take({ avoid: NOBODY }), '10.0.0.128')
})

test('whatever is taken and given back, no two have the same, and all are in the range', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(20)), { maxLength: 60 }), (steps) => {
      const some = pool('10.0.0.0/24', { range: '10.0.0.16/28', kept: ['10.0.0.17'] })
      const held: string[] = []
      for (const [isTake, which] of steps) {
        if (!isTake) {
          const [gone] = held.splice(which % Math.max(held.length, 1), 1)
          if (gone !== undefined) some.release(gone)
          continue
        }
        try {
          const taken = some.take({ avoid: NOBODY })
          assert.ok(!held.includes(taken))
          assert.ok(contains(subnet('10.0.0.16/28'), parseAddress(taken) ?? assert.fail()))
          held.push(taken)
        } catch (error) {
          assert.ok(error instanceof PockerError && error.code === 'addresses-exhausted')
          assert.equal(held.length, 15)
        }
      }
    }),
  )
})

test('subnets are chosen beside those that are taken, until there are none', () => {
  const taken = [subnet('172.29.0.0/16'), subnet('172.28.0.0/21')]
  assert.deepEqual(chooseSubnet(taken), subnet('172.28.16.0/20'))
  assert.throws(() => chooseSubnet([subnet('0.0.0.0/0')]), { code: 'subnets-exhausted' })
})

test('an IPv6 subnet is one of those that anybody may take', () => {
  const chosen = chooseIpv6Subnet(new Uint8Array(8).fill(0xff))
  assert.deepEqual(chosen, subnet('fdff:ffff:ffff:ffff::/64'))
})
