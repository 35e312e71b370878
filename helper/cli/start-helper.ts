import type { ChildProcess } from 'node:child_process'
import { closeSync, constants, existsSync, fstatSync, lstatSync, mkdirSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PockerError } from '../api/errors.ts'
import { ANOTHER_HELPER } from './failure.ts'
import { connectTo, isNobodyThere } from './http/connect.ts'
import type { Target } from './target.ts'

/** A slow machine takes ten seconds to start a helper; one that has ended is noticed at once. */
const DEADLINE = 60_000
const POLL = 20
/** How long to go on asking after our helper has left: another command may have started one at the same moment, and theirs stays. */
const GRACE = 500
/** The same when ours has left because there is another, which may not listen yet. */
const PATIENCE = 20_000
/** Seconds without containers and questions after which the helper leaves. */
const IDLE_TIMEOUT = 600
/** Nothing else of the caller's environment reaches the helper: NODE_OPTIONS or LD_PRELOAD would be code run as root, for hours. */
const ALLOWED_ENVIRONMENT = ['PATH', 'HOME', 'LANG'] as const

/**
 * Starts a helper in the background, as a session of its own, and resolves when its socket answers. Its output goes to `helper.log` in the
 * run root. `program` is this program's own file. Preconditions: root. Errors: `helper-failed` with the log's last line, `helper-timeout`, `unsafe-run-root`.
 */
export async function startHelper(
  target: Target,
  env: Readonly<Record<string, string | undefined>>,
  program = process.argv[1],
): Promise<void> {
  // Loaded here alone: in one bundle with the rest, every command would pay for it.
  const { spawn } = await import('node:child_process')
  prepareRunRoot(target.runRoot)
  const logPath = join(target.runRoot, 'helper.log')
  const log = openSync(logPath, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
  const logStart = fstatSync(log).size
  try {
    const [command, ...args] = helperCommand(realpathSync(program ?? ''))
    const child = spawn(command, [...args, ...helperArguments(target)], {
      cwd: '/',
      detached: true,
      stdio: ['ignore', log, log],
      env: Object.fromEntries(ALLOWED_ENVIRONMENT.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
    })
    child.unref()
    await untilAnswering(target, child, () => lastLine(logPath, logStart))
  } finally {
    closeSync(log)
  }
}

/** The launcher beside the program, which gives the helper its environment and its memory limits; in a checkout there is none. */
function helperCommand(program: string): [string, ...string[]] {
  const launcher = join(dirname(program), 'pocker')
  return basename(program) === 'pocker.mjs' && existsSync(launcher)
    ? [launcher]
    : [process.execPath, '--disable-warning=ExperimentalWarning', program]
}

function helperArguments(target: Target): string[] {
  return [
    'helper',
    '--apart',
    '--data-root',
    target.dataRoot,
    '--run-root',
    target.runRoot,
    '--socket',
    target.socket,
    '--idle-timeout',
    String(IDLE_TIMEOUT),
  ]
}

/** The folder is root's alone: whoever could write in it could put a log file or a socket of their own there. */
function prepareRunRoot(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return
  throw new PockerError('Forbidden', `start the helper: "${folder}" can be written by others`, {
    code: 'unsafe-run-root',
    hint: 'make it a folder of root with mode 0700',
  })
}

async function untilAnswering(target: Target, child: ChildProcess, lastWords: () => string): Promise<void> {
  let deadline = performance.now() + DEADLINE
  child.once('exit', (code) => {
    deadline = Math.min(deadline, performance.now() + (code === ANOTHER_HELPER ? PATIENCE : GRACE))
  })
  while (performance.now() < deadline) {
    if (await answers(target.socket)) return
    await sleep(POLL)
  }
  if (child.exitCode !== null || child.signalCode !== null) {
    throw new PockerError('Unavailable', `start the helper: ${lastWords() || `it ended with ${child.signalCode ?? child.exitCode}`}`, {
      code: 'helper-failed',
    })
  }
  throw new PockerError('Unavailable', `start the helper: no answer at ${target.socket} within ${DEADLINE / 1000} seconds`, {
    code: 'helper-timeout',
    hint: `see ${join(target.runRoot, 'helper.log')}`,
  })
}

async function answers(socket: string): Promise<boolean> {
  try {
    const connection = await connectTo(socket)
    connection.destroy()
    return true
  } catch (error) {
    if (isNobodyThere(error)) return false
    throw error
  }
}

function lastLine(path: string, from: number): string {
  const lines = readFileSync(path).subarray(from).toString('utf8').split('\n')
  return lines.map((line) => line.trim()).findLast((line) => line !== '') ?? ''
}
