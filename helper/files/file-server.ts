/** The helper's side of a process that serves files: what it is asked, and what it is watching. */
import { PockerError } from '../api/errors.ts'
import type { FileChange } from '../api/files.ts'
import { parseError } from '../archive/process.ts'
import { FileProcess, notAnswering } from './file-process.ts'
import type { Frame } from './frames.ts'
import type { FileOperation, FileRequests, FileResults, ServeJob } from './requests.ts'
import { readResult, toldChanges } from './results.ts'

/** Requests that have not been answered. */
const MAX_WAITING = 256

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

export class FileServer {
  /** The place's files are not what it sees any more: it finishes what it does and begins nothing new. */
  isStale = false
  isEnding = false
  isGone = false
  /** When it was last asked, by `performance.now()`. */
  lastUsed = performance.now()
  private readonly process: FileProcess
  private readonly options: FileServerOptions
  private readonly waiting = new Map<number, PromiseWithResolvers<Frame>>()
  private readonly watchings = new Map<number, Watching>()
  private timer: NodeJS.Timeout | undefined
  private readonly holders = new Set<{ readonly onGone: (error: Error) => void }>()
  private last = 0

  constructor(options: FileServerOptions) {
    this.options = options
    const { title, job } = options
    this.process = new FileProcess({ title, job, onFrame: (frame) => this.take(frame), onGone: (error) => this.finish(error) })
  }

  /** Something is open, or being answered. */
  get isBusy(): boolean {
    return this.holders.size > 0 || this.waiting.size > 0
  }

  /** Keeps it from being ended as idle. `onGone` is told when it is gone all the same. */
  hold(onGone: (error: Error) => void = () => undefined): Disposable {
    const holder = { onGone }
    this.holders.add(holder)
    return {
      [Symbol.dispose]: () => {
        if (this.holders.delete(holder)) this.used()
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
    return { result: readResult(op, membersOf(message).result), payload }
  }

  /** Watches until the returned function is called. Errors: as of `ask`. */
  async watch(fields: FileRequests['watch'], watching: Watching): Promise<() => void> {
    const { id, promise } = this.begin('watch', fields, {})
    this.watchings.set(id, watching)
    const hold = this.hold()
    const end = () => {
      hold[Symbol.dispose]()
      if (this.watchings.delete(id)) this.cancel(id)
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

  /** Tells whoever watches to ask another process: the place's files are not what this one sees any more. */
  retire(): void {
    if (this.isStale) return
    this.isStale = true
    for (const { onEnd } of this.watchings.values()) onEnd()
    this.used()
  }

  /** Ends it, and what it does with it. Resolves when it is gone. Errors: those of `FileProcess.end`. */
  async end(): Promise<void> {
    this.isEnding = true
    await this.process.end()
  }

  private begin<O extends FileOperation>(op: O, fields: FileRequests[O], { payload, signal }: AskOptions) {
    this.lastUsed = performance.now()
    if (this.waiting.size >= MAX_WAITING) throw tooMany()
    if (this.isEnding) throw interrupted()
    signal?.throwIfAborted()
    this.last = (this.last % 0xffffffff) + 1
    const id = this.last
    const waiting = Promise.withResolvers<Frame>()
    this.waiting.set(id, waiting)
    this.watchOver()
    const cancel = () => this.cancel(id)
    signal?.addEventListener('abort', cancel, { once: true })
    this.process.send(id, { op, ...fields }, payload)
    return { id, promise: waiting.promise.finally(() => signal?.removeEventListener('abort', cancel)) }
  }

  /** Work, or a watch. */
  private cancel(id: number): void {
    this.ask('cancel', { request: id }).catch(() => undefined) // the process is gone, and what was to be cancelled with it
  }

  private take({ id, message: told, payload }: Frame): void {
    const message = membersOf(told)
    if (id === 0) {
      if ('error' in message) this.process.blame(parseError(message.error))
      if (message.stale === true) this.retire()
    } else if ('changes' in message) {
      this.watchings.get(id)?.onChanges(toldChanges.parse(message.changes))
    } else {
      const waiting = this.waiting.get(id)
      this.waiting.delete(id)
      if ('error' in message) waiting?.reject(this.errorOf(message.error))
      else waiting?.resolve({ id, message, payload })
      this.used()
    }
    this.watchOver()
  }

  /** What it gives up because it is to end was not given up by whoever asked. */
  private errorOf(told: unknown): PockerError {
    const error = parseError(told)
    return this.isEnding && error.kind === 'Cancelled' ? interrupted() : error
  }

  /** A process that says nothing while an answer is due hangs, in a file system that does not answer. */
  private watchOver(): void {
    clearTimeout(this.timer)
    if (this.waiting.size === 0) return
    this.timer = setTimeout(() => {
      this.isEnding = true
      this.process.kill(notAnswering())
    }, this.options.deadline)
  }

  private used(): void {
    this.lastUsed = performance.now()
    if (!this.isBusy) this.options.onChange(this)
  }

  private finish(reason: unknown): void {
    clearTimeout(this.timer)
    this.isEnding = true
    this.isGone = true
    const error = reason instanceof Error ? reason : interrupted()
    for (const { reject } of this.waiting.values()) reject(error)
    this.waiting.clear()
    for (const { onGone } of this.holders) onGone(error)
    for (const { onEnd } of this.watchings.values()) onEnd()
    this.watchings.clear()
    this.options.onChange(this)
  }
}

function membersOf(message: unknown): Readonly<Record<string, unknown>> {
  return { ...Object(message) }
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
