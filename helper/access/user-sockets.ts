/** A socket for each user who has proved to be allowed what root is, in folders that only root can change. */
import { chmodSync, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PockerError } from '../api/errors.ts'
import type { Listener, ListenRequest } from '../api/helper.ts'
import { Lock } from '../engine/lock.ts'
import { type Grant, type Now, readGrants, whyEnded, writeGrants } from './grants.ts'

/** Where a user's socket is. */
export function userSocket(runRoot: string, uid: number): string {
  return join(runRoot, String(uid), 'pocker.sock')
}

export interface UserSocketsOptions {
  readonly runRoot: string
  /** The file of grants. */
  readonly file: string
  readonly now: Now
  /** Listens for a user at a path. */
  readonly listen: (path: string, uid: number) => Promise<{ close(): Promise<void> }>
  /** Told of a user whose socket could not be opened again, or is not any more. */
  readonly report: (error: unknown) => void
}

interface Open {
  grant: Grant
  readonly socket: { close(): Promise<void> }
}

export class UserSockets {
  private readonly options: UserSocketsOptions
  private readonly open = new Map<number, Open>()
  private readonly lock = new Lock()

  constructor(options: UserSocketsOptions) {
    this.options = options
  }

  /** Opens the sockets of all whose grants still count, and forgets the other grants. One that fails keeps nobody else out. */
  async restore(): Promise<void> {
    const { now, report, file } = this.options
    for (const grant of this.stored()) {
      const reason = whyEnded(grant, now)
      if (reason === undefined) await this.lock.run(() => this.listen(grant)).catch(report)
      else if (grant.boot === undefined) report(new Error(`let user ${grant.uid} in again: ${reason}`))
    }
    if (existsSync(file)) this.store()
  }

  list(): Listener[] {
    return [...this.open.values()].map(({ grant }) => this.describe(grant))
  }

  /** Errors: those of listening, and of writing the file of grants. */
  add({ uid, until }: ListenRequest): Promise<Listener> {
    return this.lock.run(async () => {
      const { boot, nameOf } = this.options.now
      const name = nameOf(uid)
      const before = this.open.get(uid)?.grant
      const lasts = until === 'revoked' || (before !== undefined && before.boot === undefined)
      const grant = { uid, ...(name === undefined ? {} : { name }), ...(lasts ? {} : { boot }) }
      await this.listen(grant)
      this.store()
      return this.describe(grant)
    })
  }

  /** Errors: NotFound `no-such-listener`; those of writing the file of grants. */
  remove(uid: number): Promise<void> {
    return this.lock.run(async () => {
      const open = this.open.get(uid)
      if (open === undefined) throw new PockerError('NotFound', `shut user ${uid} out: it has no socket`, { code: 'no-such-listener' })
      this.open.delete(uid)
      await open.socket.close()
      rmSync(join(this.options.runRoot, String(uid)), { recursive: true, force: true })
      this.store()
    })
  }

  private async listen(grant: Grant): Promise<void> {
    const { runRoot } = this.options
    const path = userSocket(runRoot, grant.uid)
    const open = this.open.get(grant.uid)
    if (open !== undefined && existsSync(path)) {
      open.grant = grant
      return
    }
    // Somebody has tidied up in the run root: what nobody can reach is no socket.
    await open?.socket.close()
    requireOwn(runRoot)
    const folder = join(runRoot, String(grant.uid))
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const socket = await this.options.listen(path, grant.uid)
    this.open.set(grant.uid, { grant, socket })
    chmodSync(folder, 0o711)
    letThrough(runRoot)
  }

  private describe({ uid, name, boot }: Grant): Listener {
    const until = boot === undefined ? 'revoked' : 'reboot'
    return { uid, ...(name === undefined ? {} : { name }), socket: userSocket(this.options.runRoot, uid), until }
  }

  private stored(): Grant[] {
    try {
      return readGrants(this.options.file)
    } catch (error) {
      // Nobody but root could have damaged it, and nobody is let in by a file that cannot be read: they can be asked again.
      this.options.report(new Error('read who has been let in: the file is damaged', { cause: error }))
      return []
    }
  }

  private store(): void {
    writeGrants(
      this.options.file,
      [...this.open.values()].map(({ grant }) => grant),
    )
  }
}

/** Who can rename what is in the run root could put a socket of their own in place of a user's. */
function requireOwn(folder: string): void {
  const { mode, uid } = lstatSync(folder)
  if (uid === process.getuid?.() && (mode & 0o022) === 0) return
  throw new PockerError('Forbidden', `let users in: "${folder}" can be written by others`, { code: 'unsafe-run-root' })
}

/** Lets everyone pass through the folder to what they know the name of, and list nothing. One with a mode of somebody's choice stays as it is. */
function letThrough(folder: string): void {
  const mode = lstatSync(folder).mode & 0o7777
  if ((mode & 0o077) === 0) chmodSync(folder, mode | 0o011)
}
