/** Starts VS Code's server on a loopback port, for whoever knows its token. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { endMarked } from './end-marked.ts'
import { startPortRedirect } from './port-redirect.ts'

const START_DEADLINE = 60_000
const SETPRIV = '/usr/bin/setpriv'
const END_DEADLINE = 5_000

export interface ServerOptions {
  /** From `installVscodeServer`. */
  readonly program: string
  readonly node: string
  /** Settings, extensions, logs and the token lie here, for one server. */
  readonly profile: string
  /** Paths of VSIX files to install. */
  readonly extensions: readonly string[]
  /** The user's settings, where the profile has none yet. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly env: NodeJS.ProcessEnv
  /** What runs the server, such as `setpriv …`; its words follow. */
  readonly wrapper?: readonly string[]
  /** Whose the profile is, where it is not this user. */
  readonly owner?: { readonly uid: number; readonly gid: number }
}

export interface VscodeServer extends AsyncDisposable {
  readonly port: number
  readonly process: ChildProcess
  /** Its window with a folder open. Whoever has this address has the editor, and with it this user's rights. */
  url(folder: string): string
  /** What it has written so far. */
  output(): string
}

/** Installs the extensions and starts. Dispose of it to end it and all that it has started. Errors: what the server says. */
export async function startVscodeServer(options: ServerOptions): Promise<VscodeServer> {
  const { profile, env: given } = options
  const settings = join(profile, 'user/User/settings.json')
  mkdirSync(join(profile, 'user/User'), { recursive: true })
  writeFileIfMissing(settings, `${JSON.stringify(options.settings, undefined, 2)}\n`)
  // In a file of mode 0600: other users of the machine can read command lines.
  const token = randomBytes(24).toString('hex')
  const tokenFile = join(profile, 'token')
  writeFileSync(tokenFile, token, { mode: 0o600 })
  const mark = `POCKER_EDITOR=${randomUUID()}`
  const redirect = await startPortRedirect()
  const env = { VSCODE_PROXY_URI: redirect.template, ...given, POCKER_EDITOR: mark.slice('POCKER_EDITOR='.length) }
  const places = ['--server-data-dir', join(profile, 'server'), '--user-data-dir', join(profile, 'user')]
  const common = [join(options.program, 'out/server-main.js'), ...places, '--extensions-dir', join(profile, 'extensions')]
  common.push('--accept-server-license-terms', '--telemetry-level', 'off')
  const [command = '', ...before] = [...(options.wrapper ?? []), options.node]

  await using stack = new AsyncDisposableStack()
  stack.use(redirect)
  if (options.owner !== undefined) await promisify(execFile)('chown', ['-R', `${options.owner.uid}:${options.owner.gid}`, profile])
  for (const extension of options.extensions) {
    await promisify(execFile)(command, [...before, ...common, '--install-extension', extension, '--force'], { env, cwd: profile })
  }
  const words = [...before, ...common, '--host', '127.0.0.1', '--port', '0', '--connection-token-file', tokenFile]
  // Of a group of its own: Ctrl+C is for who has started it, who then ends it. It goes with its starter when that is killed.
  const child = spawn(...tethered(command, words), { env, cwd: profile, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const written: string[] = []
  stack.defer(async () => {
    await endProcess(child)
    await endMarked(mark)
  })
  const port = await listeningPort(child, written)
  const owned = stack.move()
  return {
    port,
    process: child,
    url: (folder) => `http://127.0.0.1:${port}/?tkn=${token}&folder=${encodeURIComponent(folder)}`,
    output: () => written.join(''),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function tethered(command: string, words: readonly string[]): [string, string[]] {
  if (!existsSync(SETPRIV)) return [command, [...words]]
  return [SETPRIV, ['--pdeathsig', 'TERM', command, ...words]]
}

async function listeningPort(child: ChildProcess, written: string[]): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const take = (chunk: Buffer): void => {
    written.push(chunk.toString())
    const port = /agent listening on (\d+)/.exec(written.join(''))?.[1]
    if (port !== undefined) resolve(Number(port))
  }
  const fail = (why: string): void => reject(new Error(`start VS Code's server: ${why}: ${written.join('')}`))
  child.stdout?.on('data', take)
  child.stderr?.on('data', take)
  child.once('error', (error) => fail(error.message))
  child.once('exit', (code) => fail(`it ended with ${code}`))
  const timer = setTimeout(() => fail(`no answer in ${START_DEADLINE / 1000} s`), START_DEADLINE)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), END_DEADLINE)
  await exit
  clearTimeout(timer)
}

function writeFileIfMissing(path: string, content: string): void {
  try {
    writeFileSync(path, content, { flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
