/** The helper's side of one process that serves files. */
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { PockerError } from '../api/errors.ts'
import type { FileChange } from '../api/files.ts'
import { parseError, spawnConfined } from '../archive/process.ts'
import { sendView } from '../archive/root-view.ts'
import { type Frame, FrameReader, frameHead } from './frames.ts'
import type { FileOperation, FileRequests, FileResults, ServeJob } from './requests.ts'
import { fileResults, toldChanges } from './results.ts'

/** Its first descriptor after stdin, stdout and stderr. */
const FIRST_EXTRA = 3
/** Requests that have not been answered. */
const MAX_WAITING = 256
/** Milliseconds in which a process that is told to end does so by itself, undoing what is half done. */
const GRACE = 2000
/** Milliseconds after which one that was killed is taken to be stuck in the kernel. */
const PATIENCE = 5000
const MAX_COMPLAINT = 4096

export interface FileServerOptions {
  /** What it serves, for whoever looks at the machine's processes. */
  readonly title: string
  readonly job: ServeJob
  /** Milliseconds without any sign while an answer is due, after which it is taken to hang. */
  readonly deadline: number
  /** It has become idle, or is gone. */
  readonly onChange: (server: FileServer) => void
}

export interface Answer<O extends FileOperation> {
  readonly result: FileResults[O]
  readonly payload: Buffer
}

export interface AskOptions {
  readonly payload?: Uint8Array
  /** Ends the work, which is then undone. */
  readonly signal?: AbortSignal
}

export interface Watching {
  readonly onChanges: (changes: readonly FileChange[]) => void
  /** Nothing more comes from this process; another may be asked. */
  readonly onEnd: () => void
}

interface Waiting {
  readonly resolve: (frame: Frame) => void
  readonly reject: (error: unknown) => void
}

export class FileServer {
  /** What is mounted in the container has changed: it finishes what it does and begins nothing new. */
  isStale = false
  isEnding = false
  isGone = false
  /** When it was last asked, by `performance.now()`. */
  lastUsed = performance.now()
  /** Settles when the process is gone. */
  readonly ended: Promise<void>
  private readonly child: ChildProcess
  private readonly input: Writable
  private readonly options: FileServerOptions
  private readonly waiting = new Map<number, Waiting>()
  private readonly watchings = new Map<number, Watching>()
  private readonly complaint: Buffer[] = []
  private timer: NodeJS.Timeout | undefined
  private failure: unknown
  private holders = 0
  private last = 0

  constructor(options: FileServerOptions) {
    this.options = options
    const { root, extraFds } = sendView(options.job.root, FIRST_EXTRA)
    const child = spawnConfined(entry(), { name: `pocker-files ${options.title}`, stdio: ['pipe', 'pipe', 'pipe', ...extraFds] })
    const { stdin, stdout, stderr } = child
    if (!(stdin instanceof Writable && stdout instanceof Readable && stderr instanceof Readable)) throw new Error('serve files: no pipes')
    this.child = child
    this.input = stdin
    const reader = new FrameReader()
    stdin.on('error', () => undefined) // it died: that is told when it is gone
    stdout.on('data', (piece: Buffer) => this.read(reader, piece))
    stderr.on('data', (piece: Buffer) => {
      if (this.complaint.length * piece.length < MAX_COMPLAINT) this.complaint.push(piece)
    })
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => {
        this.failure ??= error
        this.finish(resolve)
      })
      child.once('close', () => this.finish(resolve))
    })
    this.send(0, { ...options.job, root })
  }

  /** Something is open, or being answered. */
  get isBusy(): boolean {
    return this.holders > 0 || this.waiting.size > 0
  }

  /** Keeps it from being ended as idle. */
  hold(): Disposable {
    this.holders++
    let isHeld = true
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return
        isHeld = false
        this.holders--
        this.used()
      },
    }
  }

  /**
   * Asks it. Errors: what the process says; Unavailable `too-many-file-requests`, `files-not-answering`; Conflict `files-interrupted` when
   * it was ended meanwhile; Internal `files-process-died`.
   */
  async ask<O extends FileOperation>(op: O, fields: FileRequests[O], options: AskOptions = {}): Promise<Answer<O>> {
    const { promise } = this.begin(op, fields, options)
    const { message, payload } = await promise
    return { result: fileResults[op].parse(resultOf(message)), payload }
  }

  /** Watches until the returned function is called. Errors: as of `ask`. */
  async watch(fields: FileRequests['watch'], watching: Watching): Promise<() => void> {
    const { id, promise } = this.begin('watch', fields, {})
    this.watchings.set(id, watching)
    const hold = this.hold()
    const end = () => {
      hold[Symbol.dispose]()
      if (this.watchings.delete(id)) this.ask('cancel', { request: id }).catch(() => undefined) // it is gone, and the watch with it
    }
    try {
      await promise
      return end
    } catch (error) {
      this.watchings.delete(id)
      hold[Symbol.dispose]()
      throw error
    }
  }

  /** Tells whoever watches to ask another process: this one's view is not the place's any more. */
  retire(): void {
    if (this.isStale) return
    this.isStale = true
    for (const { onEnd } of this.watchings.values()) onEnd()
    this.used()
  }

  /** Ends it, and what it does with it. Resolves when it is gone. Errors: Unavailable `files-not-answering` when the kernel does not let it go. */
  async end(): Promise<void> {
    this.isEnding = true
    this.input.end()
    const kill = setTimeout(() => this.child.kill('SIGKILL'), GRACE)
    const stuck = Promise.withResolvers<never>()
    const giveUp = setTimeout(() => stuck.reject(notAnswering()), GRACE + PATIENCE)
    try {
      await Promise.race([this.ended, stuck.promise])
    } finally {
      clearTimeout(kill)
      clearTimeout(giveUp)
    }
  }

  private begin<O extends FileOperation>(op: O, fields: FileRequests[O], { payload, signal }: AskOptions) {
    this.lastUsed = performance.now()
    if (this.waiting.size >= MAX_WAITING) throw tooMany()
    if (this.isEnding) throw interrupted()
    signal?.throwIfAborted()
    this.last = (this.last % 0xffffffff) + 1
    const id = this.last
    const { promise, resolve, reject } = Promise.withResolvers<Frame>()
    this.waiting.set(id, { resolve, reject })
    this.watchOver()
    const cancel = () => this.ask('cancel', { request: id }).catch(() => undefined) // it is gone, and the work with it
    signal?.addEventListener('abort', cancel, { once: true })
    this.send(id, { op, ...fields }, payload)
    return { id, promise: promise.finally(() => signal?.removeEventListener('abort', cancel)) }
  }

  private send(id: number, message: unknown, payload?: Uint8Array): void {
    if (this.input.destroyed) return
    this.input.write(frameHead(id, message, payload?.length ?? 0))
    if (payload !== undefined && payload.length > 0) this.input.write(payload)
  }

  private read(reader: FrameReader, piece: Buffer): void {
    try {
      for (const frame of reader.add(piece)) this.take(frame)
    } catch (error) {
      this.failure ??= error
      this.child.kill('SIGKILL')
    }
    this.watchOver()
  }

  private take(frame: Frame): void {
    const message: Readonly<Record<string, unknown>> = { ...Object(frame.message) }
    if (frame.id === 0) {
      if ('error' in message) this.failure ??= parseError(message.error)
      if (message.stale === true) this.retire()
      return
    }
    if ('changes' in message) {
      this.watchings.get(frame.id)?.onChanges(toldChanges.parse(message.changes))
      return
    }
    const waiting = this.waiting.get(frame.id)
    this.waiting.delete(frame.id)
    if ('error' in message) waiting?.reject(this.isEnding ? interruptedIf(parseError(message.error)) : parseError(message.error))
    else waiting?.resolve(frame)
    this.used()
  }

  /** A process that says nothing while an answer is due hangs, in a file system that does not answer. */
  private watchOver(): void {
    clearTimeout(this.timer)
    if (this.waiting.size === 0) return
    this.timer = setTimeout(() => {
      this.failure ??= notAnswering()
      this.child.kill('SIGKILL')
    }, this.options.deadline)
  }

  private used(): void {
    this.lastUsed = performance.now()
    if (!this.isBusy) this.options.onChange(this)
  }

  private finish(resolve: () => void): void {
    clearTimeout(this.timer)
    this.isEnding = true
    this.isGone = true
    const error = this.failure ?? (this.input.writableEnded ? interrupted() : this.died())
    for (const { reject } of this.waiting.values()) reject(error)
    this.waiting.clear()
    for (const { onEnd } of this.watchings.values()) onEnd()
    this.watchings.clear()
    this.options.onChange(this)
    resolve()
  }

  private died(): PockerError {
    const how = this.child.signalCode ?? `exit code ${this.child.exitCode}`
    const cause = Buffer.concat(this.complaint).toString()
    return new PockerError('Internal', `serve files: the process ended by ${how}`, { code: 'files-process-died', cause })
  }
}

/** Beside this file's folder: the source when run from sources, the bundle's own part otherwise. */
function entry(): string {
  return join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? 'serve/worker.ts' : 'files.mjs')
}

function resultOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'result' in message ? message.result : undefined
}

function tooMany(): PockerError {
  return new PockerError('Unavailable', 'serve files: too many requests are waiting for an answer', { code: 'too-many-file-requests' })
}

/** The refusal of what cannot be finished because the container is another one now. */
export function interrupted(): PockerError {
  return new PockerError('Conflict', 'serve files: the container was started, stopped or removed meanwhile', {
    code: 'files-interrupted',
    hint: 'try again',
  })
}

/** What it gave up because it is to end was not given up by whoever asked. */
function interruptedIf(error: PockerError): PockerError {
  return error.kind === 'Cancelled' ? interrupted() : error
}

function notAnswering(): PockerError {
  return new PockerError('Unavailable', 'serve files: a file system that is mounted there does not answer', { code: 'files-not-answering' })
}
