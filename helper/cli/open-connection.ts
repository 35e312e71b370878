import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { PockerError } from '../api/errors.ts'
import { connectTo, isNobodyThere } from './http/connect.ts'
import type { Target } from './target.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * How a command opens connections to its engine. When nobody listens at the helper's own place and we are root, the first failed connection
 * starts a helper, or the service where one is installed, and waits for it; all others wait with it.
 * Errors: `no-engine`, `needs-root`, `socket-not-permitted`, and those of the start.
 */
export function openConnection(target: Target, env: Environment): () => Promise<Duplex> {
  const { ssh } = target
  if (ssh !== undefined) return async () => await (await import('./remote/open-remote.ts')).openRemote(ssh, env)
  let started: Promise<void> | undefined
  return async () => {
    try {
      return await connectTo(target.socket)
    } catch (error) {
      if (!isNobodyThere(error)) throw await explained(target, env, error)
      if (target.foreign) throw nobody(target, error)
      started ??= start(target, env)
      await started
      return await connectTo(target.socket)
    }
  }
}

async function start(target: Target, env: Environment): Promise<void> {
  if (process.getuid?.() !== 0) throw await notLetIn(target, env)
  const { installedProgram, systemd } = await import('./service/systemd.ts')
  if (target.socket !== join(target.runRoot, 'pocker.sock') || installedProgram(systemd, target.runRoot) === undefined) {
    const { startHelper } = await import('./start-helper.ts')
    await startHelper(target, env)
  } else {
    // A helper on demand would have the data, and the service's could not start.
    const { startService } = await import('./service/install-service.ts')
    await startService(systemd, target)
  }
}

/** No socket of the user's own, or a dead one: from outside nobody can tell whether a helper runs for others. */
async function notLetIn({ socket }: Target, { PATH }: Environment): Promise<PockerError> {
  const { ownName } = await import('./own-name.ts')
  return new PockerError('Unavailable', `connect to the helper at ${socket}: it does not run, or has not let you in`, {
    code: 'needs-root',
    hint: `start it, and let yourself in, with: sudo ${ownName(PATH)} grant ${process.getuid?.()}`,
  })
}

function nobody(target: Target, cause: unknown): PockerError {
  return new PockerError('Unavailable', `connect to the engine at unix://${target.socket}: nobody listens there`, {
    code: 'no-engine',
    cause,
  })
}

async function explained(target: Target, env: Environment, cause: unknown): Promise<unknown> {
  if (!(cause instanceof Error) || !('code' in cause) || (cause.code !== 'EACCES' && cause.code !== 'EPERM')) return cause
  // A helper that has let nobody in yet has closed its run root to everyone.
  if (target.socket === join(target.runRoot, String(process.getuid?.()), 'pocker.sock')) return notLetIn(target, env)
  return new PockerError('Forbidden', `connect to unix://${target.socket}: permission denied`, {
    code: 'socket-not-permitted',
    hint: 'run sudo pocker …',
    cause,
  })
}
