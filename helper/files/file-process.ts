/** One process that serves files, as a place to send frames to and get frames from. */
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { PockerError } from '../api/errors.ts'
import { spawnConfined } from '../archive/process.ts'
import { sendView } from '../archive/root-view.ts'
import { type Frame, FrameReader, frameHead } from './frames.ts'
import type { ServeJob } from './requests.ts'

/** Its first descriptor after stdin, stdout and stderr. */
const FIRST_EXTRA = 3
/** Milliseconds in which a process that is told to end does so by itself, undoing what is half done. */
const GRACE = 2000
/** Milliseconds after which one that was killed is taken to be stuck in the kernel. */
const PATIENCE = 5000
const MAX_COMPLAINT = 4096

export interface FileProcessOptions {
  /** What it serves, for whoever looks at the machine's processes. */
  readonly title: string
  readonly job: ServeJob
  readonly onFrame: (frame: Frame) => void
  /** Called once, with why; undefined when it was told to end. */
  readonly onGone: (error: unknown) => void
}

export class FileProcess {
  private readonly child: ChildProcess
  private readonly input: Writable
  private readonly gone: Promise<void>
  private readonly complaint: Buffer[] = []
  private failure: unknown

  constructor({ title, job, onFrame, onGone }: FileProcessOptions) {
    const { root, extraFds } = sendView(job.root, FIRST_EXTRA)
    const child = spawnConfined(program(), { name: `pocker-files ${title}`, stdio: ['pipe', 'pipe', 'pipe', ...extraFds] })
    const { stdin, stdout, stderr } = child
    if (!(stdin instanceof Writable && stdout instanceof Readable && stderr instanceof Readable)) throw new Error('serve files: no pipes')
    this.child = child
    this.input = stdin
    const reader = new FrameReader()
    stdin.on('error', () => undefined) // it died: that is told when it is gone
    stdout.on('data', (piece: Buffer) => {
      try {
        for (const frame of reader.add(piece)) onFrame(frame)
      } catch (error) {
        this.kill(error)
      }
    })
    stderr.on('data', (piece: Buffer) => {
      if (this.complaint.length * piece.length < MAX_COMPLAINT) this.complaint.push(piece)
    })
    const { promise, resolve } = Promise.withResolvers<void>()
    this.gone = promise
    const finish = () => {
      onGone(this.failure ?? (stdin.writableEnded ? undefined : this.died()))
      resolve()
    }
    child.once('error', (error) => {
      this.failure ??= error
      finish()
    })
    child.once('close', finish)
    this.send(0, { ...job, root })
  }

  send(id: number, message: unknown, payload?: Uint8Array): void {
    if (this.input.destroyed) return
    this.input.write(frameHead(id, message, payload?.length ?? 0))
    if (payload !== undefined && payload.length > 0) this.input.write(payload)
  }

  /** Ends it at once, and that is why; the first reason counts. */
  kill(error: unknown): void {
    this.blame(error)
    this.child.kill('SIGKILL')
  }

  /** Why it will have ended, when it ends by itself. */
  blame(error: unknown): void {
    this.failure ??= error
  }

  /** Resolves when it is gone, and with it all that it had mounted. Errors: Unavailable `files-not-answering` when the kernel does not let it go. */
  async end(): Promise<void> {
    this.input.end()
    const kill = setTimeout(() => this.child.kill('SIGKILL'), GRACE)
    const stuck = Promise.withResolvers<never>()
    const giveUp = setTimeout(() => stuck.reject(notAnswering()), GRACE + PATIENCE)
    try {
      await Promise.race([this.gone, stuck.promise])
    } finally {
      clearTimeout(kill)
      clearTimeout(giveUp)
    }
  }

  private died(): PockerError {
    const how = this.child.signalCode ?? `exit code ${this.child.exitCode}`
    const cause = Buffer.concat(this.complaint).toString()
    return new PockerError('Internal', `serve files: the process ended by ${how}`, { code: 'files-process-died', cause })
  }
}

/** Beside this file's folder: the source when run from sources, the bundle's own part otherwise. */
function program(): string {
  return join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? 'serve/worker.ts' : 'files.mjs')
}

/** What is said of a process that hangs. */
export function notAnswering(): PockerError {
  return new PockerError('Unavailable', 'serve files: a file system that is mounted there does not answer', { code: 'files-not-answering' })
}
