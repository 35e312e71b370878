import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineError, fakeClient, fakeHost } from '../testing/fake-client.ts'
import { scriptedAsk } from '../testing/scripted-ask.ts'
import { cleanUp } from './clean-up.ts'

const USAGE = {
  LayersSize: 100,
  Images: [
    { Id: 'sha256:1', RepoTags: ['nginx:1', 'web:1'], Size: 50, SharedSize: 10, Containers: 0 },
    { Id: 'sha256:2', RepoTags: [], Size: 7, SharedSize: 0, Containers: 0 },
    { Id: 'sha256:3', RepoTags: ['used:1'], Size: 5, SharedSize: 0, Containers: -1 },
    { Id: 'sha256:4', RepoTags: ['host:latest'], Size: 0, Containers: 0 },
  ],
  Containers: [
    { Id: 'a', Names: ['/web'], ImageID: 'sha256:3', State: 'running', SizeRw: 1, Mounts: [{ Type: 'volume', Name: 'data' }] },
    { Id: 'b', Names: ['/old'], ImageID: 'sha256:3', State: 'exited', Status: 'Exited (0)', SizeRw: 9, Mounts: [] },
  ],
  Volumes: [
    { Name: 'data', UsageData: { Size: 4, RefCount: 1 } },
    { Name: 'lost', UsageData: { Size: 8, RefCount: 0 } },
  ],
}
const engine = (more: Record<string, readonly unknown[]> = {}) => fakeClient({ 'GET /system/df': [USAGE], ...more })

test('only what nothing needs is shown, and only what holds nothing of value is ticked', async () => {
  const ask = scriptedAsk(['leave'])
  await cleanUp(ask, fakeHost(engine()))
  const [question] = ask.asked
  assert.ok(question !== undefined && 'picked' in question)
  assert.deepEqual(
    question.rows.flatMap((row) => ('id' in row ? [row.id] : [])),
    ['container b', 'image sha256:1', 'image sha256:2', 'volume lost'],
  )
  assert.deepEqual(question.picked, ['container b', 'image sha256:2'])
})

test('what is ticked goes by its own name, containers before images', async () => {
  const gone = { 'DELETE /containers/b': [null], 'DELETE /images/nginx:1': [null], 'DELETE /images/web:1': [null] }
  const client = engine(gone)
  await cleanUp(scriptedAsk(['many image sha256:1,container b']), fakeHost(client))
  assert.deepEqual(client.calls.slice(1), Object.keys(gone))
})

test('the data of a volume goes only after a question that names it', async () => {
  const client = engine({ 'DELETE /volumes/lost': [null] })
  const refusing = scriptedAsk(['many volume lost', 'no'])
  await cleanUp(refusing, fakeHost(client))
  assert.match(refusing.said[0] ?? '', /lost/)
  assert.deepEqual(client.calls.slice(1), [])
  await cleanUp(scriptedAsk(['many volume lost', 'yes']), fakeHost(client))
  assert.deepEqual(client.calls.slice(2), ['DELETE /volumes/lost'])
})

test('what has come into use meanwhile stays, and is named', async () => {
  const client = engine({ 'DELETE /containers/b': [engineError(409, 'container-running', 'it runs')], 'DELETE /images/sha256:2': [null] })
  await assert.rejects(cleanUp(scriptedAsk(['many container b,image sha256:2']), fakeHost(client)), { code: 'container-running' })
})

test('where nothing can go, that is said', async () => {
  const ask = scriptedAsk(['leave'])
  await cleanUp(ask, fakeHost(fakeClient({ 'GET /system/df': [{}] })))
  assert.equal(ask.asked.length, 1)
})
