import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface PortRedirect extends AsyncDisposable {
  /** With `{{port}}` where a port is to be put in. */
  readonly template: string
}

/**
 * Sends a browser from `/8080/path` to port 8080 of this machine. VS Code in a browser opens ports by an address with the port in its path,
 * for a proxy that its server does not have; here the browser is on the machine that has the port, and needs none.
 */
export async function startPortRedirect(): Promise<PortRedirect> {
  const server = createServer((request, response) => {
    const [, port, rest = '/'] = /^\/(\d{1,5})(\/.*)?$/.exec(request.url ?? '') ?? []
    if (port === undefined || Number(port) > 65535) response.writeHead(404).end()
    else response.writeHead(302, { Location: `http://127.0.0.1:${port}${rest}` }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (!isAddress(address)) throw new Error('listen for the ports of containers: there is no port')
  return {
    template: `http://127.0.0.1:${address.port}/{{port}}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}
