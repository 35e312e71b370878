import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface RunOptions {
  /** The whole environment; this process's own when left out. */
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly input?: string | Uint8Array
  /** Milliseconds until SIGKILL; 60,000 when left out. */
  readonly timeout?: number
  /** The user, and group, to run as; in no other group. */
  readonly uid?: number
}

export interface RunResult {
  /** -1 when a signal ended it. */
  readonly code: number
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. Errors: only that it cannot be started; a failing exit code is part of the answer. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const child = spawn(command, [...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeout ?? 60_000,
    killSignal: 'SIGKILL',
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  // A program may end without having read its input: that is for its exit code to say.
  child.stdin.on('error', () => {})
  child.stdin.end(options.input)
  await once(child, 'close')
  return {
    code: child.exitCode ?? -1,
    signal: child.signalCode,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  }
}

/** As `run`, and an exit code other than 0 is an error that shows what the program said. */
export async function runChecked(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await run(command, args, options)
  if (result.code !== 0) throw new Error(`run ${command} ${args.join(' ')}: exit code ${result.code}: ${result.stderr || result.stdout}`)
  return result.stdout
}
