import { chownSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs'
import type { Server } from 'node:net'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { PockerError } from '../api/errors.ts'

// sizeof(sockaddr_un.sun_path) less the closing NUL.
const LONGEST_PATH = 107

/**
 * Binds the server to a Unix socket that only the user `owner` and root can open.
 * The folder is made, for this process's user alone, when it is missing. A socket of ours or the owner's that nobody listens on is
 * replaced; anything else at the path is refused.
 * Preconditions: one process at a time does this for a path; the lock on the helper's data root sees to it.
 * Errors: InvalidParameter `socket-path-too-long`, Forbidden `unsafe-socket-folder`, Conflict `socket-path-taken`, `socket-in-use`,
 * Unavailable `cannot-listen`.
 */
export async function listenOn(server: Server, path: string, owner: number): Promise<void> {
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw new PockerError('InvalidParameter', `listen on "${path}": a socket's path has at most ${LONGEST_PATH} bytes`, {
      code: 'socket-path-too-long',
    })
  }
  prepareFolder(dirname(path))
  await removeDeadSocket(path, owner)
  await bind(server, path)
  if (owner !== process.getuid?.()) chownSync(path, owner, -1)
}

function prepareFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { mode, uid } = lstatSync(`${folder}/.`)
  const ours = uid === 0 || uid === process.getuid?.()
  const othersMayRename = (mode & 0o022) !== 0 && (mode & 0o1000) === 0
  if (ours && !othersMayRename) return
  throw new PockerError('Forbidden', `listen in "${folder}": other users can replace what is in it`, { code: 'unsafe-socket-folder' })
}

async function removeDeadSocket(path: string, owner: number): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket() || (found.uid !== process.getuid?.() && found.uid !== owner)) {
    throw new PockerError('Conflict', `listen on "${path}": something that is not our socket is there`, { code: 'socket-path-taken' })
  }
  if (await answers(path)) {
    throw new PockerError('Conflict', `listen on "${path}": another process listens there`, { code: 'socket-in-use' })
  }
  unlinkSync(path)
}

function answers(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const probe = connect(path)
  probe.once('connect', () => resolve(true))
  // Only ECONNREFUSED says that nobody listens; a full backlog (EAGAIN), for one, says the opposite.
  probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'))
  return promise.finally(() => probe.destroy())
}

function bind(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.once('listening', resolve)
  // bind(2) happens within listen(), so no other code runs under this mask, and there is no moment at which others could connect.
  const mask = process.umask(0o177)
  try {
    server.listen(path)
  } finally {
    process.umask(mask)
  }
  return promise
    .catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new PockerError('Unavailable', `listen on "${path}": ${reason}`, { code: 'cannot-listen', cause })
    })
    .finally(() => server.off('error', reject).off('listening', resolve))
}
