import { join } from 'node:path'
import { PockerError } from '../api/errors.ts'

/** The engine that commands talk to, and how a helper of our own would be started there. */
export interface Target {
  /** The unix socket's path; empty for an engine that is reached over SSH. */
  readonly socket: string
  /** The other machine, as `ssh://user@host`. */
  readonly ssh?: string
  /** An engine that somebody else runs: never started by us, and of any API version. */
  readonly foreign: boolean
  readonly dataRoot: string
  readonly runRoot: string
}

type Environment = Readonly<Record<string, string | undefined>>

const DATA_ROOT = '/var/lib/pocker'
const RUN_ROOT = '/run/pocker'

/**
 * Finds the engine: `--socket`, then POCKER_HOST, then DOCKER_HOST, then the default: root's socket, or the one that the helper has for the
 * user `uid`. A helper that is started on demand listens there, and keeps the rest in POCKER_DATA_ROOT and POCKER_RUN_ROOT, or in their defaults.
 * Errors: `unsupported-host` for anything but a unix socket, or SSH where the host is named for Pocker.
 */
export function findTarget(option: string | undefined, env: Environment, uid = 0): Target {
  const dataRoot = env.POCKER_DATA_ROOT || DATA_ROOT
  const ours = option || env.POCKER_HOST
  const foreign = ours ? undefined : env.DOCKER_HOST
  const host = ours || foreign
  const runRoot = env.POCKER_RUN_ROOT || RUN_ROOT
  if (ours?.startsWith('ssh://')) return { socket: '', ssh: ours, foreign: false, dataRoot, runRoot }
  const socket = host ? socketPath(host) : join(runRoot, uid === 0 ? '' : String(uid), 'pocker.sock')
  return { socket, foreign: Boolean(foreign), dataRoot, runRoot }
}

function socketPath(host: string): string {
  const path = host.startsWith('unix://') ? host.slice('unix://'.length) : host
  if (path.startsWith('/')) return path
  throw new PockerError('InvalidParameter', `find engine "${host}": only unix sockets and ssh are supported`, {
    code: 'unsupported-host',
    hint: 'write it as unix:///path/to/socket or ssh://user@host',
  })
}
