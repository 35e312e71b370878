import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { listenAt, printPort } from './listen.ts'

const HERE = '127.0.0.1'

/** A server on a port of its own, which answers with what `handle` makes of a connection. */
async function serve(handle: Parameters<typeof createServer>[1]) {
  const server = createServer({ allowHalfOpen: true }, handle)
  server.listen(0, HERE)
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) return assert.fail('no address')
  return { port: address.port, [Symbol.dispose]: () => void server.close() }
}

test('a connection is passed on, and each end may stop talking first', async () => {
  using server = await serve((socket) => void text(socket).then((all) => socket.end(`heard ${all.length}`)))
  const listener = await listenAt({ protocol: 'tcp', address: HERE, port: 0, target: { address: HERE, port: server.port } })
  const client = createConnection({ host: HERE, port: listener.port, allowHalfOpen: true })
  client.end('x'.repeat(1_000_000))
  assert.equal(await text(client), 'heard 1000000')
  listener.close()
})

test('a container that nobody listens in is a connection that ends', async () => {
  const listener = await listenAt({ protocol: 'tcp', address: HERE, port: 0, target: { address: HERE, port: 1 } })
  const client = createConnection({ host: HERE, port: listener.port })
  client.on('error', () => undefined)
  await once(client, 'close')
  listener.close()
})

test('a listener that is closed takes its connections along', async () => {
  using server = await serve((socket) => void socket.on('error', () => undefined).resume())
  const listener = await listenAt({ protocol: 'tcp', address: HERE, port: 0, target: { address: HERE, port: server.port } })
  const client = createConnection({ host: HERE, port: listener.port })
  client.on('error', () => undefined)
  await once(client, 'connect')
  client.write('x')
  const closed = new Promise((resolve) => client.once('close', resolve))
  listener.close()
  await closed
})

test('datagrams go there and back, each client’s apart', async () => {
  const server = createSocket('udp4')
  server.on('message', (data, from) => server.send(`${data}:${from.port}`, from.port, from.address))
  server.bind(0, HERE)
  await once(server, 'listening')
  const target = { address: HERE, port: server.address().port }
  const listener = await listenAt({ protocol: 'udp', address: HERE, port: 0, target })
  const answers = new Set<string>()
  for (const word of ['one', 'two', 'three']) {
    const client = createSocket('udp4')
    client.send(word, listener.port, HERE)
    const [data] = await once(client, 'message')
    const [heard = '', port = ''] = String(data).split(':')
    assert.equal(heard, word)
    answers.add(port)
    client.close()
  }
  assert.equal(answers.size, 3)
  listener.close()
  server.close()
})

for (const protocol of ['tcp', 'udp'] as const) {
  test(`${protocol}: a port that is taken, and an address that is not here`, async () => {
    const target = { address: HERE, port: 1 }
    const first = await listenAt({ protocol, address: HERE, port: 0, target })
    await assert.rejects(listenAt({ protocol, address: HERE, port: first.port, target }), { code: 'port-in-use' })
    first.close()
    const again = await listenAt({ protocol, address: HERE, port: first.port, target })
    again.close()
    await assert.rejects(listenAt({ protocol, address: '203.0.113.99', port: 0, target }), { code: 'no-such-host-address' })
  })
}

test('ports are printed with brackets where they need them', () => {
  assert.equal(printPort({ protocol: 'tcp', address: '::1', port: 80 }), '[::1]:80/tcp')
  assert.equal(printPort({ protocol: 'udp', address: HERE, port: 53 }), '127.0.0.1:53/udp')
})
