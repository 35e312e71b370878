/** A proxy that knows where names lead that no name server knows. */
import { createServer, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import type { TestContext } from 'node:test'
import { listen } from './test-registry.ts'

export interface TestProxy {
  readonly origin: string
  /** For `environment` of the registries. */
  readonly environment: { readonly HTTP_PROXY: string; readonly HTTPS_PROXY: string }
  /** What it was asked: `CONNECT registry.example.test:443`, `GET http://registry.example.test/v2/`. */
  readonly seen: string[]
}

/** `ports` by host name without port: what lies there on this machine. */
export async function startTestProxy(test: TestContext, ports: ReadonlyMap<string, number>): Promise<TestProxy> {
  const seen: string[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '')
    seen.push(`${request.method} ${request.url}`)
    const port = ports.get(url.hostname)
    if (port === undefined) {
      response.writeHead(502).end()
      return
    }
    const { method, headers } = request
    const onward = httpRequest({ host: '127.0.0.1', port, method: method ?? 'GET', headers, path: url.pathname + url.search }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  server.on('connect', (request, client) => {
    seen.push(`CONNECT ${request.url}`)
    const port = ports.get((request.url ?? '').replace(/:[0-9]+$/, ''))
    if (port === undefined) {
      client.end('HTTP/1.1 502 no such host\r\n\r\n')
      return
    }
    const onward = connect(port, '127.0.0.1', () => client.write('HTTP/1.1 200 here it is\r\n\r\n'))
    onward.pipe(client).pipe(onward)
    onward.on('error', () => client.destroy())
    client.on('error', () => onward.destroy())
    test.after(() => onward.destroy())
  })
  const origin = `http://127.0.0.1:${await listen(test, server)}`
  return { origin, environment: { HTTP_PROXY: origin, HTTPS_PROXY: origin }, seen }
}
