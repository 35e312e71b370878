import { connect as connectTo } from 'node:net'
import type { Connect } from './engine-client.ts'

/** Connections to a unix socket. Errors: those of connect(2). */
export function socketConnect(path: string): Connect {
  return () =>
    new Promise((resolve, reject) => {
      const socket = connectTo(path)
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(socket)
      })
    })
}
