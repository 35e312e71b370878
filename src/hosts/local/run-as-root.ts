/** Runs the program that becomes root, and waits for the one line that is meant for us. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { Writable } from 'node:stream'

/** Milliseconds for everything but a person's thinking: 130 MB are copied and compared, on a slow disk perhaps. */
const DEADLINE = 90_000
/** No answer is longer; what a banner writes beyond is dropped. */
const LONGEST = 64 * 1024

export interface Conversation {
  /** Called with all that the program has written to stderr so far, each time there is more. */
  onComplaint(text: string, input: Writable): void
  /** Whether a person is being waited for: then the time stands still. */
  isWaiting(): boolean
}

export interface RootRun {
  /** The parsed answer; undefined when the program ended without one. */
  readonly answer: unknown
  /** -1 when a signal ended it, or the time was over. */
  readonly exitCode: number
  readonly stderr: string
  readonly timedOut: boolean
}

export interface RootCommand {
  /** The words before the bootstrap's command: sudo's, pkexec's. */
  readonly before: readonly string[]
  /** The bootstrap's command, for a nonce. */
  readonly command: (nonce: string) => readonly string[]
  /** All of the environment. */
  readonly env: Readonly<Record<string, string>>
  readonly conversation?: Conversation
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs it. The answer is a line that begins with a nonce made for this run, wherever it stands: lectures, banners and messages of the
 * day are never taken for one. Errors: that the program cannot be started.
 */
export function runAsRoot({ before, command, env, conversation, signal }: RootCommand): Promise<RootRun> {
  const nonce = randomBytes(16).toString('hex')
  const [program = '', ...args] = [...before, ...command(nonce)]
  const { promise, resolve, reject } = Promise.withResolvers<RootRun>()
  const child = spawn(program, args, { env, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  let left = DEADLINE
  const finish = (exitCode: number, timedOut: boolean) => {
    clearInterval(clock)
    signal?.removeEventListener('abort', give)
    resolve({ answer: answerIn(stdout, nonce), exitCode, stderr, timedOut })
  }
  // Nobody may signal a program that has become root; but without input, sudo gives up.
  const give = () => child.stdin.destroy()
  signal?.addEventListener('abort', give, { once: true })
  if (signal?.aborted) give()
  const clock = setInterval(() => {
    if (conversation?.isWaiting()) return
    left -= 1000
    if (left > 0) return
    give()
    child.kill()
    finish(-1, true)
  }, 1000)
  // It may end without having read its input: its exit code says why.
  child.stdin.on('error', () => undefined)
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    if (stdout.length < LONGEST) stdout += piece
  })
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    if (stderr.length >= LONGEST) return
    stderr += piece
    conversation?.onComplaint(stderr, child.stdin)
  })
  if (conversation === undefined) child.stdin.end()
  child.once('error', (error) => {
    clearInterval(clock)
    reject(error)
  })
  child.once('close', (code) => finish(code ?? -1, false))
  return promise
}

function answerIn(stdout: string, nonce: string): unknown {
  const line = stdout.split('\n').find((text) => text.startsWith(`${nonce} `))
  if (line === undefined) return undefined
  try {
    return JSON.parse(line.slice(nonce.length))
  } catch {
    // Cut off in the middle: as good as none.
    return undefined
  }
}
