import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode, encode, type Packet, RECURSION_DESIRED, type RecordType } from 'dns-packet'
import fc from 'fast-check'
import { answerQuery, type Forward } from './answer.ts'
import type { NameSource } from './names.ts'

const NAMES: NameSource = {
  lookUp: (name) => (name === 'db' ? ['10.0.0.2', '10.0.0.3', 'fd00::2'] : undefined),
  nameOf: (address) => (address === '10.0.0.2' || address === 'fd00:0000:0000:0000:0000:0000:0000:0002' ? 'db.net' : undefined),
  forwards: true,
  servers: () => ['192.0.2.53'],
}
const outside: Forward = async (query) =>
  encode({ ...read(query), type: 'response', answers: [{ type: 'A', name: 'x', data: '203.0.113.1' }] })
const never: Forward = () => assert.fail('asked outside')

function read(bytes: Uint8Array | undefined): Packet {
  return decode(Buffer.from(bytes ?? assert.fail('no answer')))
}

function query(name: string, type: RecordType = 'A'): Uint8Array {
  return encode({ type: 'query', id: 77, flags: RECURSION_DESIRED, questions: [{ type, name }] })
}

/** Not in the types of dns-packet. */
function rcode(answer: Uint8Array | undefined): number {
  return (answer?.[3] ?? assert.fail('no answer')) & 15
}

async function ask(name: string, type?: RecordType, names = NAMES, forward = never) {
  const answer = read(await answerQuery(query(name, type), names, forward))
  assert.equal(answer.id, 77)
  assert.equal(answer.questions?.[0]?.name, name)
  return answer.answers?.map((one) => ('data' in one ? one.data : undefined))
}

test('a name of a container: its addresses of the kind that is asked for, whatever the case', async () => {
  assert.deepEqual(await ask('db'), ['10.0.0.2', '10.0.0.3'])
  assert.deepEqual(await ask('DB'), ['10.0.0.2', '10.0.0.3'])
  assert.deepEqual(await ask('db', 'AAAA'), ['fd00::2'])
})

test('of a name of ours nothing is asked outside, of whatever type', async () => {
  for (const type of ['MX', 'TXT', 'SRV'] as const) assert.deepEqual(await ask('db', type), [])
})

test('an address of a container has its name', async () => {
  assert.deepEqual(await ask('2.0.0.10.in-addr.arpa', 'PTR'), ['db.net'])
  assert.deepEqual(await ask(`2.${'0.'.repeat(27)}0.0.d.f.ip6.arpa`, 'PTR'), ['db.net'])
})

test('everything else is asked outside', async () => {
  assert.deepEqual(await ask('example.test', 'A', NAMES, outside), ['203.0.113.1'])
  assert.deepEqual(await ask('9.9.9.9.in-addr.arpa', 'PTR', NAMES, outside), ['203.0.113.1'])
})

test('what cannot be answered says why', async () => {
  const failing: Forward = () => Promise.reject(new Error('no answer'))
  assert.equal(rcode(await answerQuery(query('x'), NAMES, failing)), 2)
  assert.equal(rcode(await answerQuery(query('x'), { ...NAMES, forwards: false }, never)), 2)
  assert.equal(rcode(await answerQuery(query('x'), { ...NAMES, servers: () => [] }, never)), 5)
  assert.equal(rcode(await answerQuery(encode({ type: 'query', id: 1, questions: [] }), NAMES, never)), 1)
  assert.equal(await answerQuery(encode({ type: 'response', id: 1 }), NAMES, never), undefined)
})

test('whatever comes, nothing is thrown, and no answer is longer than a failure or asks more', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), fc.nat(40), async (bytes, cut) => {
      for (const sent of [bytes, query('some.where.test').subarray(0, cut), Buffer.concat([query('db').subarray(0, 12), bytes])]) {
        const answer = await answerQuery(sent, NAMES, (asked) => Promise.resolve(asked))
        if (answer === undefined) continue
        assert.ok(answer.length >= 12)
        assert.equal((answer[0] ?? 0) * 256 + (answer[1] ?? 0), (sent[0] ?? 0) * 256 + (sent[1] ?? 0))
      }
    }),
    { numRuns: 300 },
  )
})
