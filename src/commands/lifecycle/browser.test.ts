import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { createServer, type Server } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createServer as createTls } from 'node:tls'
import { Hosts } from '../../hosts/hosts.ts'
import type { ContainerRow } from '../../model/rows.ts'
import { changingHost, containerOf } from '../../testing/changing-host.ts'
import { fakeClient } from '../../testing/fake-client.ts'
import { type Script, scriptedAsk } from '../../testing/scripted-ask.ts'
import { addressesOf } from './addresses.ts'
import { type BrowserParts, copyAddress, openInBrowser } from './browser.ts'
import { probeScheme } from './probe-scheme.ts'

async function listening(t: TestContext, server: Server): Promise<{ host: string; port: number }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const { port } = address
  return { host: '127.0.0.1', port }
}

test('what a port speaks is found out by asking it', async (t) => {
  const plain = await listening(
    t,
    createHttp((_request, response) => response.end('x')),
  )
  assert.equal(await probeScheme(plain), 'http')
  // Without a certificate it refuses every hello, and by that says that it speaks TLS.
  assert.equal(await probeScheme(await listening(t, createTls())), 'https')
  const other = await listening(
    t,
    createServer((socket) => socket.end('220 mail\r\n')),
  )
  assert.equal(await probeScheme(other), undefined)
})

test('where nothing listens, that is an error', async (t) => {
  const server = createServer()
  const place = await listening(t, server)
  server.close()
  await once(server, 'close')
  await assert.rejects(probeScheme(place), { code: 'ECONNREFUSED' })
})

const published = (address: string, port: number, container = 80) => ({ container, protocol: 'tcp', host: { address, port } })

test('a published port is reached by a name where one will do', () => {
  const row = containerOf({
    id: 'a',
    ports: [published('0.0.0.0', 8080), published('192.0.2.1', 8081), published('::1', 8082), { ...published('', 53), protocol: 'udp' }],
  })
  assert.deepEqual(
    addressesOf(row, []).map(({ host, port }) => `${host} ${port}`),
    ['localhost 8080', '192.0.2.1 8081', 'localhost 8082'],
  )
})

test('of one with the machine’s network, what its image says it listens on', () => {
  const row = containerOf({ id: 'a', networkMode: 'host' })
  assert.deepEqual(
    addressesOf(row, ['80/tcp', '53/udp', '99999/tcp', 'x']).map(({ port }) => port),
    [80],
  )
})

function partsOf(
  row: ContainerRow,
  { script = [], scheme = 'http' as const, inspect = {} }: { script?: Script; scheme?: 'http'; inspect?: object } = {},
) {
  const host = changingHost({ containers: [row], client: fakeClient({ 'GET /containers/a/json': [inspect] }) })
  const opened: string[] = []
  const ask = scriptedAsk(script)
  const parts: BrowserParts = {
    ask,
    hosts: new Hosts(() => [host]),
    busy: (work) => work(),
    probe: async () => scheme,
    openUrl: async (url) => void opened.push(url),
    userUrl: async (url) => url.replace('localhost', 'forwarded'),
  }
  return { parts, ask, opened, item: { host, containerId: 'a' } }
}

test('one port is opened at once, of several it is asked which', async () => {
  const one = partsOf(containerOf({ id: 'a', ports: [published('127.0.0.1', 8080)] }))
  await openInBrowser(one.parts, one.item)
  assert.deepEqual(one.opened, ['http://localhost:8080/'])
  const several = partsOf(containerOf({ id: 'a', ports: [published('', 1), published('', 2)] }), { script: ['1'] })
  await openInBrowser(several.parts, several.item)
  assert.deepEqual(several.opened, ['http://localhost:2/'])
})

test('a container with the machine’s network is asked what it listens on', async () => {
  const inspect = { Config: { ExposedPorts: { '3000/tcp': {} } } }
  const { parts, opened, item } = partsOf(containerOf({ id: 'a', networkMode: 'host' }), { inspect })
  await openInBrowser(parts, item)
  assert.deepEqual(opened, ['http://localhost:3000/'])
})

test('an address is copied as the user reaches it', async () => {
  const { parts, ask, item } = partsOf(containerOf({ id: 'a', ports: [published('', 8080)] }))
  await copyAddress(parts, item)
  assert.deepEqual(ask.copied, ['http://forwarded:8080/'])
})

test('a port of another machine is reached over a tunnel', async () => {
  const { parts, opened, item } = partsOf(containerOf({ id: 'a', ports: [published('0.0.0.0', 8080)] }))
  const asked: string[] = []
  Object.assign(item.host, {
    reach: async (host: string, port: number) => {
      asked.push(`${host} ${port}`)
      return 40_000
    },
  })
  await openInBrowser(parts, item)
  assert.deepEqual([asked, opened], [['127.0.0.1 8080'], ['http://localhost:40000/']])
})

test('without a port, and where nothing answers, that is said in words', async () => {
  const none = partsOf(containerOf({ id: 'a' }))
  await assert.rejects(openInBrowser(none.parts, none.item), { code: 'no-port' })
  const silent = partsOf(containerOf({ id: 'a', ports: [published('', 1)] }))
  const probe = () => Promise.reject(new Error('refused'))
  await assert.rejects(openInBrowser({ ...silent.parts, probe }, silent.item), { code: 'port-silent' })
})
