/**
 * The helper's side of archive work: each job is a process of its own, which confines itself to one folder before it reads a byte of the
 * archive. It gets a small clean environment, its job as JSON on descriptor 3, and answers with JSON lines on descriptor 4.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type ErrorKind, PockerError } from '../api/errors.ts'

/** What the child is to do: `kind` picks the function in `worker.ts`, the rest is JSON for that function. */
export interface ArchiveJob {
  readonly kind: string
  readonly [field: string]: unknown
}

export interface ArchiveJobOptions {
  /** A descriptor to read from, or a stream whose bytes are passed on. Nothing when left out. */
  readonly stdin?: number | Readable
  /** `stream`: what the child writes is `output`. Dropped when left out. */
  readonly stdout?: 'stream'
  /** Become the child's descriptors 5, 6, …; the caller closes its own after the start. */
  readonly extraFds?: readonly number[]
  readonly onProgress?: (bytes: number) => void
  readonly signal?: AbortSignal | undefined
}

export interface RunningArchiveJob {
  /** Settles when the process is gone. Errors: PockerError, also `archive-process-died` (Internal) and `cancelled` (Cancelled). */
  readonly result: Promise<unknown>
  /** What the child reported first, before its output (`reportFacts`); rejects with the job. */
  readonly facts: Promise<unknown>
  /** What the child writes; ends after the job has succeeded, and with its error otherwise. Destroying it ends the job. */
  readonly output: Readable
}

// The helper's executable may have no path (it runs from a mount that is attached nowhere): this name works in the forked child all the same.
const EXECUTABLE = '/proc/self/exe'

// One thread for V8 and none for signals: what the confined thread does not start itself, it could not confine.
const FLAGS = [
  '--disable-warning=ExperimentalWarning',
  '--v8-pool-size=1',
  '--disable-sigusr1',
  '--max-semi-space-size=4',
  '--max-old-space-size=256',
  '--expose-gc', // see unpack/plain-pieces.ts
]

const ENVIRONMENT = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  // One thread is enough to decompress beside the one that writes files.
  UV_THREADPOOL_SIZE: '2',
  MALLOC_ARENA_MAX: '2',
}

const MAX_MESSAGE = 64 << 20
const MAX_COMPLAINT = 4096

/** Runs a job to its end and returns its result. Errors: those of `RunningArchiveJob.result`. */
export async function runArchiveJob(job: ArchiveJob, options: ArchiveJobOptions = {}): Promise<unknown> {
  const { result, facts } = startArchiveJob(job, options)
  facts.catch(() => undefined) // the same error as the result's
  return await result
}

/** Starts a job whose output is wanted, or which is watched. Errors: Cancelled `cancelled` when the signal was there before. */
export function startArchiveJob(job: ArchiveJob, options: ArchiveJobOptions = {}): RunningArchiveJob {
  if (options.signal?.aborted) throw cancelled(job)
  const child = spawnConfined(entry(), {
    name: 'pocker-archive',
    stdio: [
      typeof options.stdin === 'number' ? options.stdin : options.stdin === undefined ? 'ignore' : 'pipe',
      options.stdout === 'stream' ? 'pipe' : 'ignore',
      'pipe',
      'pipe',
      'pipe',
      ...(options.extraFds ?? []),
    ],
  })
  const answers = new Answers(options.onProgress)
  const result = follow(child, job, options, answers)
  return { result, facts: answers.facts(result), output: outputOf(child, result) }
}

/** Starts a program of the helper's own that will confine itself, as the process `name`: nothing of the helper's environment goes with it. */
export function spawnConfined(program: string, { name, stdio }: { name: string; stdio: StdioOptions }): ChildProcess {
  return spawn(EXECUTABLE, [...FLAGS, program], { argv0: name, env: ENVIRONMENT, cwd: '/', stdio })
}

/** Beside this file: the source when run from sources, the bundle's own part otherwise. */
function entry(): string {
  return join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? 'worker.ts' : 'archive.mjs')
}

async function follow(child: ChildProcess, job: ArchiveJob, options: ArchiveJobOptions, answers: Answers): Promise<unknown> {
  const { signal, stdin } = options
  const kill = () => child.kill('SIGKILL')
  signal?.addEventListener('abort', kill, { once: true })
  const complaint = collect(child.stdio[2], MAX_COMPLAINT)
  const input = typeof stdin === 'object' && child.stdin !== null ? feed(child, stdin, kill) : undefined
  const [, , , jobs, lines] = child.stdio
  if (!(jobs instanceof Object && 'end' in jobs) || !(lines instanceof Readable)) throw new Error('start archive process: no pipes')
  jobs.on('error', () => undefined) // the process died: it is reported as such below
  jobs.end(JSON.stringify(job))
  lines.on('data', (piece: Buffer) => answers.add(piece))
  try {
    await ended(child)
    if (signal?.aborted) throw cancelled(job)
    const failure = await input
    if (answers.error !== undefined) throw answers.error
    if (failure !== undefined) throw failure
    if (answers.done && child.exitCode === 0) return answers.result
    const how = child.signalCode ?? `exit code ${child.exitCode}`
    throw new PockerError('Internal', `run archive job '${job.kind}': its process ended by ${how}`, {
      code: 'archive-process-died',
      cause: await complaint,
    })
  } finally {
    signal?.removeEventListener('abort', kill)
  }
}

/** Resolves with the source's own error, after which there is nothing to be unpacked; an end of the process is not one. */
async function feed(child: ChildProcess, source: Readable, kill: () => void): Promise<Error | undefined> {
  if (child.stdin === null) return undefined
  let failure: Error | undefined
  source.once('error', (error) => {
    failure = error
    kill()
  })
  try {
    await pipeline(source, child.stdin)
  } catch {
    // The process ended first, and says why, or the source failed, which is noted.
  }
  return failure
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve())
  })
}

function outputOf(child: ChildProcess, result: Promise<unknown>): Readable {
  const { stdout } = child
  if (stdout === null) return Readable.from([])
  const pieces = async function* () {
    try {
      yield* stdout
      await result
    } finally {
      child.kill('SIGKILL')
    }
  }
  return Readable.from(pieces(), { objectMode: false, highWaterMark: 1 << 20 })
}

async function collect(stream: unknown, limit: number): Promise<string> {
  if (!(stream instanceof Readable)) return ''
  let text = ''
  for await (const piece of stream) if (text.length < limit) text += String(piece)
  return text.slice(0, limit)
}

/** The child's JSON lines: `{"progress": bytes}`, `{"facts": …}` once, and at the end `{"result": …}` or `{"error": {…}}`. */
class Answers {
  done = false
  result: unknown
  error: PockerError | undefined
  private readonly onProgress: ((bytes: number) => void) | undefined
  private readonly gotFacts = Promise.withResolvers<unknown>()
  private pieces: Buffer[] = []
  private size = 0

  constructor(onProgress: ((bytes: number) => void) | undefined) {
    this.onProgress = onProgress
  }

  facts(result: Promise<unknown>): Promise<unknown> {
    result.then(() => this.gotFacts.resolve(undefined), this.gotFacts.reject)
    return this.gotFacts.promise
  }

  add(piece: Buffer): void {
    let from = 0
    for (;;) {
      const end = piece.indexOf(0x0a, from)
      const part = piece.subarray(from, end < 0 ? undefined : end)
      this.size += part.length
      // What ran in the process was not trusted: neither is its answer.
      if (this.size <= MAX_MESSAGE) this.pieces.push(part)
      if (end < 0) return
      this.take(Buffer.concat(this.pieces).toString())
      this.pieces = []
      this.size = 0
      from = end + 1
    }
  }

  private take(line: string): void {
    const message = parseMessage(line)
    if (message === undefined || this.done) return
    if (typeof message.progress === 'number') this.onProgress?.(message.progress)
    else if ('facts' in message) this.gotFacts.resolve(message.facts)
    else {
      this.done = true
      if ('error' in message) this.error = parseError(message.error)
      else this.result = message.result
    }
  }
}

function parseMessage(line: string): Record<string, unknown> | undefined {
  try {
    const message: unknown = JSON.parse(line)
    return typeof message === 'object' && message !== null ? { ...message } : undefined
  } catch {
    return undefined // an answer cut off by the end of the process, which is reported
  }
}

const kinds: ReadonlySet<string> = new Set<ErrorKind>([
  'NotFound',
  'Conflict',
  'InvalidParameter',
  'NotModified',
  'NotImplemented',
  'Forbidden',
  'Unavailable',
  'Internal',
  'Cancelled',
])

function isKind(kind: unknown): kind is ErrorKind {
  return typeof kind === 'string' && kinds.has(kind)
}

/** An error as the child has told it. */
export function parseError(error: unknown): PockerError {
  const { kind, code, message, hint, cause }: Readonly<Record<string, unknown>> = { ...Object(error) }
  return new PockerError(isKind(kind) ? kind : 'Internal', String(message), {
    code: String(code),
    ...(typeof hint === 'string' ? { hint } : {}),
    // The stack of an error that nobody reckoned with.
    ...(typeof cause === 'string' ? { cause } : {}),
  })
}

function cancelled(job: ArchiveJob): PockerError {
  return new PockerError('Cancelled', `run archive job '${job.kind}': it was cancelled`, { code: 'cancelled' })
}
