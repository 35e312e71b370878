import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Hosts } from '../../hosts/hosts.ts'
import { networkLists } from '../../model/network-lists.ts'
import { networkSchema } from '../../model/network-row.ts'
import { networkPage } from '../../observe/inspect/network-page.ts'
import { changingHost, containerOf } from '../../testing/changing-host.ts'
import { fakeClient } from '../../testing/fake-client.ts'
import { type Script, scriptedAsk } from '../../testing/scripted-ask.ts'
import { connectFlow, disconnectFlow } from './connect.ts'
import { createFlow } from './create.ts'
import { chooseNetworks } from './network-parts.ts'
import { pruneFlow, removeFlow } from './remove.ts'
import { parseSubnets } from './subnet.ts'

const LIST = [
  { Id: '1', Name: 'bridge', Driver: 'bridge', IPAM: { Config: [{ Subnet: '172.17.0.0/16' }] } },
  { Id: '2', Name: 'host', Driver: 'host' },
  { Id: '3', Name: 'shop', Driver: 'bridge', IPAM: { Config: [{ Subnet: '10.5.0.0/16' }, { Subnet: 'fd00:5::/64' }] } },
  { Id: '4', Name: 'idle', Driver: 'bridge' },
]

function partsOf(t: TestContext, script: Script, answers: Record<string, readonly unknown[]> = {}) {
  const client = fakeClient({ 'GET /networks': [LIST], ...answers })
  const host = changingHost({
    client,
    containers: [
      containerOf({ id: 'web', networks: [{ name: 'shop', addresses: ['10.5.0.2'] }], networkMode: 'shop' }),
      containerOf({ id: 'db' }),
      containerOf({ id: 'bare', networks: [{ name: 'host', addresses: [] }], networkMode: 'host' }),
    ],
  })
  const hosts = new Hosts(() => [host])
  const lists = networkLists()
  t.after(() => {
    lists.dispose()
    hosts.dispose()
  })
  const ask = scriptedAsk(script)
  const parts = { ask, hosts, lists, documents: { show: async () => {} }, showPage: () => {}, busy: <T>(work: () => Promise<T>) => work() }
  const done = () => client.calls.filter((call) => call !== 'GET /networks')
  return { client, host, ask, parts, done }
}

for (const [script, wanted] of [
  [['text new', 'text ', 'many '], {}],
  [['text new', 'text 10.9.0.0/24', 'many internal'], { Internal: true, IPAM: { Driver: 'default', Config: [{ Subnet: '10.9.0.0/24' }] } }],
  [['text new', 'text ', 'many ipv6'], { EnableIPv6: true }],
  [
    ['text new', 'text 10.9.0.0/24, fd00:9::/64', 'many '],
    { EnableIPv6: true, IPAM: { Driver: 'default', Config: [{ Subnet: '10.9.0.0/24' }, { Subnet: 'fd00:9::/64' }] } },
  ],
] as const) {
  test(`a new network: ${script.join(', ')}`, async (t) => {
    const { parts, host, client, ask } = partsOf(t, script, { 'POST /networks/create': [{ Id: '9' }] })
    await createFlow(parts, { host })
    assert.deepEqual(client.bodies.get('POST /networks/create'), { Name: 'new', Driver: 'bridge', CheckDuplicate: true, ...wanted })
    assert.deepEqual(ask.rest, [])
  })
}

test('whoever leaves makes nothing', async (t) => {
  const { parts, host, done } = partsOf(t, ['text new', 'leave'])
  await createFlow(parts, { host })
  assert.deepEqual(done(), [])
})

test('a subnet is checked before the engine is asked', () => {
  const known = [
    {
      id: '3',
      name: 'shop',
      driver: 'bridge',
      subnets: ['10.5.0.0/16', 'fd00:5::/64'],
      isInternal: false,
      isPredefined: false,
      labels: {},
      options: {},
    },
  ]
  const problem = (text: string) => {
    const read = parseSubnets(text, known)
    return 'problem' in read ? read.problem : ''
  }
  for (const good of ['', '10.6.0.0/16', '192.168.7.128/25', '10.6.0.0/16,fd00:6::/64']) assert.equal(problem(good), '')
  for (const bad of ['x', '10.6.0.0', '10.6.0.0/33', '10.6.0.0/31', '999.6.0.0/16', '0.0.0.0/0', 'fd00::/127'])
    assert.match(problem(bad), /Write it as/)
  assert.match(problem('10.6.0.1/16'), /first one/)
  assert.match(problem('10.6.0.0/16, 10.7.0.0/16'), /at most/)
  for (const taken of ['10.5.3.0/24', '10.0.0.0/8', 'fd00:5::/80']) assert.match(problem(taken), /overlaps the network “shop”/)
})

test('a container is connected and taken off, from either side', async (t) => {
  const answers = { 'POST /networks/3/connect': [undefined], 'POST /networks/3/disconnect': [undefined] }
  const { parts, host, client, ask, done } = partsOf(t, ['db', '1'], answers)
  await connectFlow(parts, { host, networkId: '3' })
  assert.deepEqual(client.bodies.get('POST /networks/3/connect'), { Container: 'db' })
  // One that is in it, and one whose network is the machine's, are not offered.
  assert.deepEqual(
    ask.asked[0]?.rows.map((row) => ('id' in row ? row.id : '')),
    ['db'],
  )
  await connectFlow(parts, { host, containerId: 'db' })
  assert.deepEqual(
    ask.asked[1]?.rows.map((row) => ('label' in row ? row.label : '')),
    ['idle', 'shop', 'bridge'],
  )
  await disconnectFlow(parts, { host, networkId: '3', containerId: 'web' })
  assert.deepEqual(client.bodies.get('POST /networks/3/disconnect'), { Container: 'web' })
  assert.equal(done().length, 3)
  await assert.rejects(connectFlow(parts, { host, containerId: 'bare' }), { code: 'network-not-own' })
})

test('a network goes when nothing is in it, and the engine’s own stay', async (t) => {
  const { parts, host, done } = partsOf(t, [], { 'DELETE /networks/4': [undefined] })
  await removeFlow(parts, { host, networkId: '4' }, undefined)
  assert.deepEqual(done(), ['DELETE /networks/4'])
  await assert.rejects(removeFlow(parts, { host, networkId: '3' }, undefined), { code: 'network-in-use' })
  await assert.rejects(removeFlow(parts, { host, networkId: '1' }, undefined), { code: 'predefined-network' })
  assert.equal(done().length, 1)
})

test('a prune shows what nothing is in, and removes what stays ticked', async (t) => {
  const { parts, host, ask, done } = partsOf(t, ['many 4', 'leave'], { 'DELETE /networks/4': [undefined] })
  await pruneFlow(parts, { host })
  const [question] = ask.asked
  assert.ok(question !== undefined && 'picked' in question)
  assert.deepEqual(question.picked, ['4'])
  assert.deepEqual(done(), ['DELETE /networks/4'])
  await pruneFlow(parts, { host })
  assert.equal(done().length, 1)
})

test('without a row the network is chosen from a list', async (t) => {
  const { parts, ask } = partsOf(t, ['1'])
  parts.hosts.open()
  const chosen = await chooseNetworks(parts, undefined, undefined, { title: 'Inspect' })
  assert.deepEqual(
    chosen.map(({ networkId }) => networkId),
    ['3'],
  )
  assert.match(JSON.stringify(ask.asked[0]?.rows), /in use by web/)
})

test('the page of a network says who has which address', () => {
  const answer = networkSchema.parse({
    ...LIST[2],
    Internal: true,
    Labels: { a: 'b\u0007' },
    Containers: { web: { Name: 'web', IPv4Address: '10.5.0.2/16', MacAddress: '02:42' } },
  })
  const page = networkPage(answer, { host: 'here', users: [containerOf({ id: 'web' }), containerOf({ id: 'old', status: 'exited' })] })
  const text = JSON.stringify(page)
  for (const part of [
    '"web","10.5.0.2/16","","02:42"',
    '"old","does not run","",""',
    '10.5.0.0/16, fd00:5::/64',
    'only what is in it',
    'network on here',
  ])
    assert.ok(text.includes(part), part)
  assert.ok(!text.includes('\\u0007'))
})
