import { createServer } from 'node:net'
import type { ProbePort } from './free-port.ts'

/** Whether a TCP port of this machine is free, by taking it for a moment. Others than TCP, and ports it may not take: nobody knows. */
export const probeLocalPort: ProbePort = (port, protocol) => {
  if (protocol !== 'tcp') return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve('code' in error && error.code === 'EADDRINUSE' ? false : undefined))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** For machines whose ports only their engine knows. */
export const probeNothing: ProbePort = () => Promise.resolve(undefined)
