import { VERSION } from '../cli/version.ts'
import type { HelperBackend } from '../http/backend.ts'
import type { UserSockets } from './user-sockets.ts'

export interface HelperBackendOptions {
  readonly socket: string
  readonly idleTimeout: number
  readonly dataRoot: string
}

/** The helper itself, as the HTTP layer wants it. */
export function helperBackend(options: HelperBackendOptions, users: UserSockets): HelperBackend {
  return {
    facts: () => ({
      version: VERSION,
      pid: process.pid,
      program: import.meta.dirname,
      socket: options.socket,
      idleTimeout: options.idleTimeout,
    }),
    doctor: async () => {
      // Read only when it is asked for: most helpers never are.
      const { examineMachine } = await import('../doctor/doctor.ts')
      return examineMachine({ dataRoot: options.dataRoot, env: {}, now: Date.now() })
    },
    // The answer to this request is written in this turn.
    leave: () => void setImmediate(() => process.kill(process.pid, 'SIGTERM')),
    listeners: () => users.list(),
    listen: (request) => users.add(request),
    stopListening: (uid) => users.remove(uid),
  }
}
