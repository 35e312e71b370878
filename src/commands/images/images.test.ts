import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { createEngineClient } from '../../client/http-client.ts'
import { socketConnect } from '../../client/socket-connect.ts'
import { Hosts } from '../../hosts/hosts.ts'
import type { ContainerRow, ImageRow } from '../../model/rows.ts'
import { changingHost, containerOf, imageOf } from '../../testing/changing-host.ts'
import { type FakeEngine, fakeEngine } from '../../testing/fake-engine.ts'
import { type Script, scriptedAsk } from '../../testing/scripted-ask.ts'
import { importFlow, loadFlow, saveFlow } from './archives.ts'
import { historyFlow, historyText } from './history.ts'
import type { ImageParts } from './image-parts.ts'
import { pullFlow, pullForPlatformFlow } from './pull.ts'
import { pushFlow } from './push.ts'
import { removeFlow } from './remove.ts'
import { searchFlow } from './search.ts'
import { tagFlow } from './tag.ts'

interface Setting {
  readonly images?: readonly ImageRow[]
  readonly containers?: readonly ContainerRow[]
  readonly script?: Script
  /** What is chosen in file dialogs. */
  readonly path?: string
}

/** The engine's answer to one kind of request, and the requests it got. */
function answering(engine: FakeEngine, call: string, body: string, status = 200): IncomingMessage[] {
  const requests: IncomingMessage[] = []
  engine.handlers.set(call, (request, response) => {
    requests.push(request)
    request.resume()
    request.on('end', () => response.writeHead(status).end(body))
  })
  return requests
}

async function setting(t: TestContext, { images = [], containers = [], script = [], path }: Setting = {}) {
  const engine = await fakeEngine(t)
  const client = createEngineClient({ connect: socketConnect(engine.socket), reuse: false, apiVersion: () => undefined })
  t.after(() => client.close())
  const host = changingHost({ client, images, containers })
  const hosts = new Hosts(() => [host])
  hosts.open()
  const ask = scriptedAsk(script)
  const reports: string[] = []
  const shown: string[] = []
  const parts: ImageParts = {
    ask,
    hosts,
    files: { save: async () => path, open: async () => (path === undefined ? [] : [path]) },
    login: (_registry, attempt) => attempt({ 'X-Registry-Auth': 'me' }),
    transfer: (title, work) => work({ report: (words) => reports.push(`${title}: ${words}`), signal: new AbortController().signal }),
    busy: (work) => work(),
    show: async (document) => void shown.push(document.text),
  }
  const item = (imageId: string, tag?: string) => ({ host, imageId, ...(tag === undefined ? {} : { tag }) })
  return { engine, host, parts, ask, reports, shown, item }
}

function temporaryFile(t: TestContext, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'pocker-images-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'a.tar')
  writeFileSync(path, content)
  return path
}

const query = (request: IncomingMessage | undefined) => new URL(request?.url ?? '', 'http://x').searchParams.toString()

test('a name is pulled with what the registry wants to know, for this machine or another', async (t) => {
  const { engine, parts } = await setting(t, { script: ['text nginx:1.27', 'text redis', 'linux/arm64'] })
  const requests = answering(engine, 'POST /images/create', '{"status":"done"}\n')
  await pullFlow(parts, undefined)
  await pullForPlatformFlow(parts, undefined)
  assert.deepEqual(requests.map(query), ['fromImage=nginx&tag=1.27', 'fromImage=redis&tag=latest&platform=linux%2Farm64'])
  assert.equal(requests[0]?.headers['x-registry-auth'], 'me')
})

test('a pull that breaks off has the engine’s words and code', async (t) => {
  const { engine, parts } = await setting(t, { script: ['text nginx', 'text nginx'] })
  answering(engine, 'POST /images/create', '{"errorDetail":{"message":"no space"},"error":"no space","code":"no-space"}\n')
  await assert.rejects(pullFlow(parts, undefined), { code: 'no-space', message: 'no space' })
  answering(engine, 'POST /images/create', '{"error":"Docker’s"}\n')
  await assert.rejects(pullFlow(parts, undefined), { code: 'pull-failed' })
})

test('a name goes without a question as long as the image has others, or nobody uses it', async (t) => {
  const images = [imageOf({ id: 'sha256:1', tags: ['a/b:1', 'c:1'] }), imageOf({ id: 'sha256:2', tags: ['d:1'] })]
  const { engine, parts, item } = await setting(t, { images, containers: [containerOf({ id: 'x', imageId: 'sha256:1' })] })
  const first = answering(engine, 'DELETE /images/a/b%3A1', '[]')
  const second = answering(engine, 'DELETE /images/d%3A1', '[]')
  const items = [item('sha256:1', 'a/b:1'), item('sha256:2', 'd:1')]
  await removeFlow(parts, items[0], items)
  assert.deepEqual([...first, ...second].map(query), ['force=false', 'force=false'])
})

test('an image that containers are made of goes by force, after a question that names them', async (t) => {
  const images = [imageOf({ id: 'sha256:1', tags: ['a:1'] })]
  const containers = [containerOf({ id: 'x', name: 'web', imageId: 'sha256:1' })]
  const { engine, parts, ask, item } = await setting(t, { images, containers, script: ['no', 'yes'] })
  const requests = answering(engine, 'DELETE /images/a%3A1', '[]')
  await removeFlow(parts, item('sha256:1', 'a:1'), undefined)
  assert.equal(requests.length, 0)
  await removeFlow(parts, item('sha256:1', 'a:1'), undefined)
  assert.deepEqual(requests.map(query), ['force=true'])
  assert.match(ask.said[0] ?? '', /“a:1” is used by web/)
})

test('the machine’s own image stays, and that is said', async (t) => {
  const { engine, parts, ask, item } = await setting(t, { images: [imageOf({ id: 'sha256:0', tags: ['host:latest'] })] })
  await removeFlow(parts, item('sha256:0', 'host:latest'), undefined)
  assert.deepEqual(engine.calls, [])
  assert.equal(ask.said.length, 1)
})

test('an image gets one more name', async (t) => {
  const { engine, parts, item } = await setting(t, { script: ['text ghcr.io/me/app:2'] })
  const requests = answering(engine, 'POST /images/app%3A1/tag', '', 201)
  await tagFlow(parts, item('sha256:1', 'app:1'))
  assert.deepEqual(requests.map(query), ['repo=ghcr.io%2Fme%2Fapp&tag=2'])
})

test('a push says how far it is', async (t) => {
  const { engine, parts, reports, item } = await setting(t)
  const lines = [
    { status: 'Pushing', id: 'a', progressDetail: { current: 1e6, total: 2e6 } },
    { status: 'Pushed', id: 'a' },
  ]
  const requests = answering(engine, 'POST /images/localhost%3A5000/app/push', lines.map((line) => JSON.stringify(line)).join('\n'))
  await pushFlow(parts, item('sha256:1', 'localhost:5000/app:2'), undefined)
  assert.deepEqual(requests.map(query), ['tag=2'])
  assert.deepEqual(reports, ['pushing app:2: 1.0 of 2.0 MB', 'pushing app:2: 2.0 of 2.0 MB'])
})

test('what has no name cannot be pushed, in words', async (t) => {
  const { parts, item } = await setting(t)
  await assert.rejects(pushFlow(parts, item('sha256:1'), undefined), { code: 'no-name' })
})

test('images are saved into one file', async (t) => {
  const path = temporaryFile(t, '')
  const { engine, parts, item } = await setting(t, { path })
  const requests = answering(engine, 'GET /images/get', 'archive')
  const items = [item('sha256:1', 'a:1'), item('sha256:2')]
  await saveFlow(parts, items[0], items)
  assert.equal(readFileSync(path, 'utf8'), 'archive')
  assert.deepEqual(requests.map(query), ['names=a%3A1&names=sha256%3A2'])
})

test('an archive is sent whole, to be loaded or to become an image', async (t) => {
  const path = temporaryFile(t, 'an archive')
  const { engine, parts, reports } = await setting(t, { path, script: ['text my-root:1'] })
  const bodies: string[] = []
  const queries: string[] = []
  for (const call of ['POST /images/load', 'POST /images/create']) {
    engine.handlers.set(call, (request, response) => {
      queries.push(query(request))
      void text(request).then((body) => {
        bodies.push(body)
        response.end('{"stream":"Loaded image: a"}\n')
      })
    })
  }
  await loadFlow(parts, undefined)
  await importFlow(parts, undefined)
  assert.deepEqual(bodies, ['an archive', 'an archive'])
  assert.deepEqual(queries, ['', 'fromSrc=-&repo=my-root&tag=1'])
  assert.deepEqual(reports, ['loading a.tar: 10 B of 10 B', 'importing a.tar: 10 B of 10 B'])
})

test('an archive that is none has the engine’s words', async (t) => {
  const { engine, parts } = await setting(t, { path: temporaryFile(t, 'x') })
  answering(engine, 'POST /images/load', '{"error":"not a tar"}\n')
  await assert.rejects(loadFlow(parts, undefined), { code: 'load-failed' })
})

test('a search shows what was found, and pulls what is chosen', async (t) => {
  const { engine, parts, ask } = await setting(t, { script: ['text post gres', '1'] })
  const results = [{ name: 'postgres', description: 'It\u202eis', star_count: 5, is_official: true }, { name: 'me/postgres' }]
  const searches = answering(engine, 'GET /images/search', JSON.stringify(results))
  const pulls = answering(engine, 'POST /images/create', '')
  await searchFlow(parts, undefined)
  assert.deepEqual(searches.map(query), ['term=post+gres&limit=25'])
  assert.deepEqual(pulls.map(query), ['fromImage=me%2Fpostgres&tag=latest'])
  const [first] = ask.asked.at(-1)?.rows ?? []
  assert.deepEqual(first, { id: '0', label: 'postgres', description: '★ 5 · official', detail: 'It\ufffdis', icon: 'verified' })
})

test('what another registry has is pulled from there', async (t) => {
  const { engine, parts } = await setting(t, { script: ['text reg.example:5000/app', '0'] })
  answering(engine, 'GET /images/search', '[{"name":"me/app"}]')
  const pulls = answering(engine, 'POST /images/create', '')
  await searchFlow(parts, undefined)
  assert.deepEqual(pulls.map(query), ['fromImage=reg.example%3A5000%2Fme%2Fapp&tag=latest'])
})

test('a history is readable, each step in one line', async (t) => {
  const { engine, parts, shown, item } = await setting(t)
  answering(engine, 'GET /images/a%3A1/history', JSON.stringify([{ Created: 86400, CreatedBy: 'x\ny', Size: 5e6 }]))
  await historyFlow(parts, item('sha256:1', 'a:1'), undefined)
  assert.deepEqual(shown, ['a:1 · 5 MB · steps: 1, the newest first\n\n1970-01-02     5 MB  x\ufffdy\n'])
})

test('builders’ wrappings are left out of a history', () => {
  const steps = [{ CreatedBy: '/bin/sh -c #(nop)  CMD ["nginx"]' }, { CreatedBy: '/bin/sh -c apt-get update', Size: 1000 }]
  assert.deepEqual(historyText('a', steps).split('\n').slice(2, 4), [
    `${' '.repeat(18)}–  CMD ["nginx"]`,
    `${' '.repeat(15)}1 kB  RUN apt-get update`,
  ])
})
