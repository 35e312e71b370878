import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import type { FileChange } from '../../helper/api/files.ts'
import { Emitter } from '../events/emitter.ts'
import { fakeEngine } from '../testing/fake-engine.ts'
import { hostsOf } from '../testing/fake-hosts.ts'
import type { Place } from './place.ts'
import { Watches } from './watches.ts'

const place: Place = { hostId: 'local', kind: 'container', id: 'c', name: 'web' }

interface OpenWatch {
  readonly path: string
  readonly recursive: boolean
  readonly response: ServerResponse
  readonly closed: Promise<void>
  tell(kind: FileChange['kind'], path: string): void
}

/** An engine whose watches the test has in hand. */
async function watching(t: TestContext, { missing = () => false as boolean }: { missing?: (path: string) => boolean } = {}) {
  const engine = await fakeEngine(t)
  const opened: OpenWatch[] = []
  const cameUp = new Emitter<OpenWatch>()
  engine.handlers.set('GET /pocker/containers/c/files/watch', (_request, response, url) => {
    const path = url.searchParams.get('path') ?? ''
    if (missing(path)) return void response.writeHead(404).end(JSON.stringify({ message: 'x', code: 'no-such-file' }))
    const closed = Promise.withResolvers<void>()
    response.on('close', () => closed.resolve())
    const one: OpenWatch = {
      path,
      recursive: url.searchParams.get('recursive') === 'true',
      response,
      closed: closed.promise,
      tell: (kind, changed) => response.write(`${JSON.stringify({ kind, path: changed })}\n`),
    }
    one.tell('ready', path)
    opened.push(one)
    cameUp.fire(one)
  })
  engine.handlers.set('GET /pocker/containers/c/files/stat', (_request, response, url) => {
    const stat = { kind: 'file', size: 0, mode: 0, uid: 0, gid: 0, modified: 0, changed: 0, isReadOnly: false }
    if (!missing(url.searchParams.get('path') ?? '')) return void response.end(JSON.stringify(stat))
    response.writeHead(404).end(JSON.stringify({ message: 'x', code: 'no-such-file' }))
  })
  const hosts = hostsOf(t, engine)
  hosts.open()
  const [host] = hosts.all
  assert.ok(host !== undefined)
  const logged: string[] = []
  const watches = new Watches(hosts, (message) => logged.push(message))
  t.after(() => watches.dispose())
  const next = () => new Promise<OpenWatch>((resolve) => void cameUp.event(resolve))
  return { engine, host, watches, opened, next, logged }
}

/** What a listener is told, one after the other. */
function telling() {
  const told: FileChange[] = []
  const came = new Emitter<void>()
  return {
    listener: (change: FileChange) => {
      told.push(change)
      came.fire()
    },
    told,
    count: async (count: number) => {
      while (told.length < count) await new Promise<void>((resolve) => void came.event(() => resolve()))
      return told
    },
  }
}

test('watches of the same path are one at the engine, which ends with the last of them', async (t) => {
  const { watches, next, opened } = await watching(t)
  const [a, b] = [telling(), telling()]
  const up = next()
  const first = watches.watch({ place, path: '/etc' }, { recursive: false }, a.listener)
  const second = watches.watch({ place, path: '/etc' }, { recursive: false }, b.listener)
  const watch = await up
  watch.tell('created', '/etc/x')
  assert.deepEqual(await a.count(1), [{ kind: 'created', path: '/etc/x' }])
  await b.count(1)
  first.dispose()
  first.dispose()
  watch.tell('deleted', '/etc/x')
  await b.count(2)
  assert.equal(a.told.length, 1)
  assert.equal(opened.length, 1)
  second.dispose()
  await watch.closed
  assert.equal(watches.count, 0)
})

test('other paths and other depths are watches of their own', async (t) => {
  const { watches } = await watching(t)
  const each = [
    watches.watch({ place, path: '/etc' }, { recursive: false }, () => {}),
    watches.watch({ place, path: '/etc' }, { recursive: true }, () => {}),
    watches.watch({ place, path: '/' }, { recursive: true }, () => {}),
    watches.watch({ place: { ...place, name: 'other' }, path: '/' }, { recursive: true }, () => {}),
    watches.watch({ place: { ...place, kind: 'origin' }, path: '/' }, { recursive: true }, () => {}),
  ]
  assert.equal(watches.count, 4)
  for (const one of each) one.dispose()
  assert.equal(watches.count, 0)
})

test('a watch that is lost is armed again, and says that something may have been missed', async (t) => {
  const { watches, next } = await watching(t)
  const seen = telling()
  const up = next()
  watches.watch({ place, path: '/etc' }, { recursive: true }, seen.listener)
  const first = await up
  const again = next()
  first.response.destroy()
  const watch = await again
  assert.deepEqual(await seen.count(1), [{ kind: 'overflow', path: '/etc' }])
  assert.equal(watch.recursive, true)
  watch.tell('changed', '/etc/x')
  await seen.count(2)
})

test('when the engine comes back, so does the watch, at once', async (t) => {
  const { engine, host, watches, next } = await watching(t)
  const seen = telling()
  const up = next()
  watches.watch({ place, path: '/etc' }, { recursive: false }, seen.listener)
  await up
  const looking = host.model.watch()
  await engine.stop()
  while (host.state.kind === 'ready') await new Promise<void>((resolve) => void host.onDidChangeState(() => resolve()))
  const again = next()
  await engine.start()
  host.retry()
  await again
  assert.deepEqual(await seen.count(1), [{ kind: 'overflow', path: '/etc' }])
  looking.dispose()
})

test('what is not there yet is waited for where it will come', async (t) => {
  const gone = new Set(['/a', '/a/b', '/a/b/c'])
  const { watches, next, opened } = await watching(t, { missing: (path) => gone.has(path) })
  const seen = telling()
  let up = next()
  watches.watch({ place, path: '/a/b/c' }, { recursive: false }, seen.listener)
  const root = await up
  gone.delete('/a')
  up = next()
  root.tell('changed', '/z')
  root.tell('created', '/a')
  const folder = await up
  assert.deepEqual([root.path, folder.path], ['/', '/a'])
  gone.clear()
  up = next()
  folder.tell('created', '/a/b')
  assert.equal((await up).path, '/a/b/c')
  assert.deepEqual(await seen.count(1), [{ kind: 'overflow', path: '/a/b/c' }])
  await root.closed
  assert.equal(opened.length, 3)
})

test('a folder that is deleted is told, and watched again when another takes its place', async (t) => {
  const gone = new Set<string>()
  const { watches, next } = await watching(t, { missing: (path) => gone.has(path) })
  const seen = telling()
  let up = next()
  watches.watch({ place, path: '/a' }, { recursive: true }, seen.listener)
  const folder = await up
  gone.add('/a')
  up = next()
  folder.tell('deleted', '/a')
  const root = await up
  gone.clear()
  up = next()
  root.tell('created', '/a')
  assert.equal((await up).recursive, true)
  assert.deepEqual(await seen.count(2), [
    { kind: 'deleted', path: '/a' },
    { kind: 'overflow', path: '/a' },
  ])
})

test('a container that is removed is told as a deletion, once, and nothing is asked any more', async (t) => {
  const { engine, watches, next } = await watching(t)
  const seen = telling()
  const up = next()
  watches.watch({ place, path: '/etc/x' }, { recursive: false }, seen.listener)
  const watch = await up
  engine.handlers.set('GET /pocker/containers/c/files/watch', (_request, response) =>
    response.writeHead(404).end(JSON.stringify({ message: 'x', code: 'no-such-container' })),
  )
  watch.response.end()
  assert.deepEqual(await seen.count(1), [{ kind: 'deleted', path: '/etc/x' }])
})

test('too many folders are watched no deeper than the first', async (t) => {
  const { engine, watches, next, logged } = await watching(t)
  const handler = engine.handlers.get('GET /pocker/containers/c/files/watch')
  engine.handlers.set('GET /pocker/containers/c/files/watch', (request, response, url) => {
    if (url.searchParams.get('recursive') === 'false') return handler?.(request, response, url)
    response.writeHead(400).end(JSON.stringify({ message: 'x', code: 'watch-too-large' }))
  })
  const up = next()
  watches.watch({ place, path: '/' }, { recursive: true }, () => {})
  assert.equal((await up).recursive, false)
  assert.equal(logged.length, 1)
})
