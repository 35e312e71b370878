/**
 * The processes that serve files: one for each place, started when the place is first looked at and kept for a while, since a start
 * takes 60 ms and an answer 0.1 ms.
 */
import { PockerError } from '../api/errors.ts'
import type { RootView } from '../archive/archive.ts'
import type { Access } from '../archive/enter-root.ts'
import { FileServer } from './file-server.ts'

export interface ServedPlace {
  /** Places of the same key are served by the same process. */
  readonly key: string
  /** Whom the files belong to: a container's or an image's ID. */
  readonly owner: string
  readonly root: RootView
  readonly access: Access
  readonly isLayer?: boolean
  /** Called when its process has ended, and nothing is mounted by it any more. */
  readonly onGone?: () => void
}

export interface FileServersOptions {
  /** Processes at a time. */
  readonly limit?: number
  /** Milliseconds that one is kept when nobody asks. */
  readonly idle?: number
  /** Milliseconds without an answer after which one is taken to hang. */
  readonly deadline?: number
  /** For what goes wrong with nobody waiting for an answer. */
  readonly report: (error: unknown) => void
}

export interface Entry {
  readonly key: string
  readonly owner: string
  readonly access: Access
  readonly server: FileServer
  readonly onGone: (() => void) | undefined
  idle: NodeJS.Timeout | undefined
}

export class FileServers {
  private readonly entries = new Set<Entry>()
  private readonly options: Required<FileServersOptions>

  constructor({ limit = 12, idle = 20_000, deadline = 15_000, report }: FileServersOptions) {
    this.options = { limit, idle, deadline, report }
  }

  /** The process that serves the place now, if there is one that may do as much. */
  find(key: string, access: Access): FileServer | undefined {
    for (const entry of this.entries) {
      const serves = entry.key === key && (entry.access === access || entry.access === 'write')
      if (serves && !entry.server.isStale && !entry.server.isEnding) return entry.server
    }
    return undefined
  }

  /**
   * Starts one. Another that served the place finishes what it does. Whatever keeps it from beginning is told to whoever asks it.
   * Errors: Unavailable `too-many-file-requests` when as many as there may be are all in use.
   */
  start({ key, owner, root, access, isLayer = false, onGone }: ServedPlace): FileServer {
    this.makeRoom()
    for (const entry of this.entries) if (entry.key === key) entry.server.retire()
    const server = new FileServer({
      title: key,
      job: { root, access, isLayer },
      deadline: this.options.deadline,
      onChange: () => this.changed(entry),
    })
    const entry: Entry = { key, owner, access, server, onGone, idle: undefined }
    this.entries.add(entry)
    return server
  }

  /** Whether anything of the owner's is served. */
  serves(owner: string): boolean {
    for (const entry of this.entries) if (entry.owner === owner) return true
    return false
  }

  /** Resolves when those that served the place and are on their way out are gone. Errors: as of `FileServer.end`. */
  async settle(key: string): Promise<void> {
    await this.endThose((entry) => entry.key === key && entry.server.isEnding)
  }

  /** Ends all that serve the owner's files; resolves when they are gone, and with them all that they had mounted. Errors: as of `FileServer.end`. */
  async end(owner: string): Promise<void> {
    await this.endThose((entry) => entry.owner === owner)
  }

  /** Ends all whose owner is not wanted any more. Errors: as of `FileServer.end`. */
  async endThose(isUnwanted: (entry: Readonly<Entry>) => boolean): Promise<void> {
    await Promise.all([...this.entries].filter(isUnwanted).map(({ server }) => server.end()))
  }

  private changed(entry: Entry): void {
    const { server } = entry
    clearTimeout(entry.idle)
    if (server.isGone && this.entries.delete(entry)) entry.onGone?.()
    if (server.isEnding) return
    const end = () => void server.end().catch(this.options.report)
    if (server.isBusy) return
    if (server.isStale) end()
    else entry.idle = setTimeout(() => (server.isBusy ? undefined : end()), this.options.idle).unref()
  }

  private makeRoom(): void {
    const alive = [...this.entries].filter(({ server }) => !server.isEnding)
    if (alive.length < this.options.limit) return
    const [idlest] = alive.filter(({ server }) => !server.isBusy).sort((one, other) => one.server.lastUsed - other.server.lastUsed)
    if (idlest === undefined) {
      throw new PockerError('Unavailable', `serve files: those of ${alive.length} containers and images are in use already`, {
        code: 'too-many-file-requests',
        hint: 'close some of the files that are open',
      })
    }
    idlest.server.end().catch(this.options.report)
  }
}
