/** The execs that have been made, and the ends of their processes. */
import { closeSync } from 'node:fs'
import { PockerError } from '../../api/errors.ts'
import type { ExecCreateRequest } from '../../api/exec.ts'
import { reapProcess } from '../../linux/process.ts'
import type { Container } from '../containers/container.ts'
import type { Input } from '../containers/input.ts'
import type { KeptTerminal } from './kept-terminal.ts'

export interface ExecSession {
  readonly id: string
  readonly container: Container
  readonly request: ExecCreateRequest
  /** What is run, never empty. */
  readonly command: readonly string[]
  /** A client may ask about an exec for a while after its end; of a health check's probe, nobody. */
  readonly purpose: 'client' | 'probe'
  /** `new` once made, `done` when its process has ended or could not be started. */
  status: 'new' | 'running' | 'done'
  pid: number
  exitCode: number | null
  input: Input | undefined
  /** The master, while it is open. */
  terminal: number | undefined
  /** Set from its start on when clients may come back to it. */
  kept: KeptTerminal | undefined
}

/** Milliseconds, as Docker. */
const REMEMBERED = 5 * 60_000

interface Child {
  readonly process: number
  readonly ended: (exitCode: number) => void
}

export class ExecSessions {
  private readonly sessions = new Map<string, ExecSession>()
  private readonly children = new Set<Child>()

  constructor() {
    // libuv reaps its own children by number only, so both can be in one process.
    process.on('SIGCHLD', () => this.reap())
  }

  add(session: ExecSession): void {
    this.sessions.set(session.id, session)
    session.container.execs.add(session.id)
  }

  forget(id: string): void {
    this.sessions.delete(id)
  }

  /** Its process has ended, or none could be started. Of a client's, the exit code and a terminal's last output can be asked for a while. */
  ended(session: ExecSession): void {
    session.container.execs.delete(session.id)
    if (session.purpose === 'client') setTimeout(() => this.forget(session.id), REMEMBERED).unref()
    else this.forget(session.id)
  }

  /** Forgets it in its container, too. */
  discard(session: ExecSession): void {
    session.container.execs.delete(session.id)
    this.forget(session.id)
  }

  /** Errors: NotFound `no-such-exec`. */
  find(id: string): ExecSession {
    const session = this.sessions.get(id)
    if (session === undefined) throw new PockerError('NotFound', `No such exec instance: ${id}`, { code: 'no-such-exec' })
    return session
  }

  /** Resolves with the exit code of a child of this process; takes over the descriptor. */
  watch(process: number): Promise<number> {
    return new Promise((resolve) => {
      this.children.add({ process, ended: resolve })
      this.reap() // it may have ended already, and its signal may have been taken with another's
    })
  }

  /** Looks which children have ended. */
  reap(): void {
    for (const child of this.children) {
      const code = reapProcess(child.process, { wait: false })
      if (code === undefined) continue
      this.children.delete(child)
      closeSync(child.process)
      child.ended(code ?? 255)
    }
  }
}
