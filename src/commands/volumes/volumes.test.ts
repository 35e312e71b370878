import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Hosts } from '../../hosts/hosts.ts'
import { VolumeLists } from '../../model/volume-lists.ts'
import { volumeSchema } from '../../model/volume-row.ts'
import { volumePage } from '../../observe/inspect/volume-page.ts'
import { changingHost, containerOf } from '../../testing/changing-host.ts'
import { engineError, fakeClient } from '../../testing/fake-client.ts'
import { type Script, scriptedAsk } from '../../testing/scripted-ask.ts'
import { createFlow } from './create.ts'
import { removeFlow } from './remove.ts'
import { chooseVolumes } from './volume-parts.ts'

const NOT_THERE = engineError(404, 'no-such-volume')
const mounts = [{ type: 'volume', source: 'used', destination: '/data', isReadOnly: true }]

function partsOf(t: TestContext, script: Script, answers: Record<string, readonly unknown[]> = {}) {
  const client = fakeClient(answers)
  const host = changingHost({ client, containers: [containerOf({ id: 'web', mounts })] })
  const hosts = new Hosts(() => [host])
  const lists = new VolumeLists()
  t.after(() => {
    lists.dispose()
    hosts.dispose()
  })
  const ask = scriptedAsk(script)
  const documents = { show: async () => {} }
  return { client, host, ask, parts: { ask, hosts, lists, documents, busy: <T>(work: () => Promise<T>) => work() } }
}

for (const [script, DriverOpts] of [
  [['own', 'text data'], undefined],
  [['folder', 'text /srv/data', 'text data'], { type: 'none', o: 'bind', device: '/srv/data' }],
  [['memory', 'text 64m', 'text data'], { type: 'tmpfs', device: 'tmpfs', o: 'size=64m' }],
  [['nfs', 'text fe80::1:/export', 'text data'], { type: 'nfs', device: ':/export', o: 'addr=fe80::1,rw' }],
] as const) {
  test(`a new volume: ${script.join(', ')}`, async (t) => {
    const made = { 'GET /volumes/data': [NOT_THERE], 'POST /volumes/create': [{ Name: 'data' }] }
    const { parts, host, client, ask } = partsOf(t, script, made)
    await createFlow(parts, { host })
    assert.deepEqual(client.bodies.get('POST /volumes/create'), {
      Name: 'data',
      Driver: 'local',
      ...(DriverOpts === undefined ? {} : { DriverOpts }),
    })
    assert.deepEqual(ask.rest, [])
  })
}

test('a name that is taken is said: an engine would give back the other volume', async (t) => {
  const { parts, host } = partsOf(t, ['own', 'text data'], { 'GET /volumes/data': [{ Name: 'data' }] })
  await assert.rejects(createFlow(parts, { host }), { code: 'volume-exists' })
})

test('whoever leaves makes nothing', async (t) => {
  const { parts, host, client } = partsOf(t, ['leave'])
  await createFlow(parts, { host })
  assert.deepEqual(client.calls, [])
})

test('a volume goes after a question, and not when it is in use', async (t) => {
  const { parts, host, client, ask } = partsOf(t, ['no', 'yes'], { 'DELETE /volumes/data': [undefined] })
  await removeFlow(parts, { host, volume: 'data' }, undefined)
  assert.deepEqual(client.calls, [])
  await removeFlow(parts, { host, volume: 'data' }, undefined)
  assert.deepEqual(client.calls, ['DELETE /volumes/data'])
  assert.match(ask.said[0] ?? '', /cannot be brought back/)
  await assert.rejects(removeFlow(parts, { host, volume: 'used' }, undefined), { code: 'volume-in-use' })
})

test('without a row the volume is chosen from a list', async (t) => {
  const list = {
    Volumes: [
      { Name: 'data', Driver: 'local' },
      { Name: 'used', Driver: 'local' },
    ],
  }
  const { parts, ask } = partsOf(t, ['1'], { 'GET /volumes': [list], 'GET /system/df': [{}] })
  parts.hosts.open()
  const refs = await chooseVolumes(parts, undefined, undefined, 'Inspect')
  assert.deepEqual(
    refs.map(({ volume }) => volume),
    ['used'],
  )
  assert.match(JSON.stringify(ask.asked[0]?.rows), /in use by web/)
})

test('the page of a volume says who has it where', () => {
  const answer = volumeSchema.parse({ Name: 'used', Driver: 'local', Mountpoint: '/v/used/_data', Labels: { a: 'b\u0007' }, Options: null })
  const page = volumePage(answer, { host: 'here', users: [containerOf({ id: 'web', mounts })], size: 5 })
  const text = JSON.stringify(page)
  for (const part of ['"web","/data","read-only"', '/v/used/_data', '5 B', 'volume on here']) assert.ok(text.includes(part), part)
  assert.ok(!text.includes('\\u0007'))
})
