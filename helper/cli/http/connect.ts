import type { Socket } from 'node:net'
import { createConnection } from 'node:net'

/** Opens a connection to a unix socket. Errors: the system's (`ENOENT`, `ECONNREFUSED`, `EACCES`). */
export function connectTo(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Half open: at the end of our input the process's output still comes.
    const socket = createConnection({ path, allowHalfOpen: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

/** Whether an error of `connectTo` says that nobody listens there. */
export function isNobodyThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ECONNREFUSED')
}
