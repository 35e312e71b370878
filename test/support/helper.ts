/** A helper of the test's own: its own folders and socket, and nothing left of it afterwards. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type DockerOptions, dockerCli } from './docker.ts'
import { makeTemporaryFolder } from './folders.ts'
import type { NetworkNamespace } from './network-namespace.ts'
import { type Answer, type Client, makeClient } from './request.ts'
import { type RunOptions, type RunResult, run } from './run.ts'

const program = join(import.meta.dirname, '../../dist/pocker')
const START_DEADLINE = 30_000
const STOP_DEADLINE = 30_000

export interface HelperOptions {
  /** Further words for `pocker helper`. */
  readonly args?: readonly string[]
  /** The helper's environment; this process's own when left out. */
  readonly env?: NodeJS.ProcessEnv
  /** Descriptors of the host's `/` that it inherits, as from an editor or a login that left them open. */
  readonly inherited?: readonly number[]
  /** What the helper takes for the host's `/etc/hosts`: it then lives in a mount namespace of its own. */
  readonly hosts?: string
  /** Likewise for `/etc/resolv.conf`. */
  readonly resolvConf?: string
  /** Its data root, which is the caller's to remove, instead of a folder beside the socket. */
  readonly dataRoot?: string
  /** The network namespace that it takes for its host's. Left out, its containers have no network but the host's, which it does not touch. */
  readonly network?: Pick<NetworkNamespace, 'enter'>
}

export interface TestHelper extends AsyncDisposable {
  readonly socket: string
  readonly dataRoot: string
  readonly runRoot: string
  readonly client: Client
  /** Changes with `restart`. */
  pid(): number
  /** What it has written to stderr since its start. */
  stderr(): string
  request(method: string, path: string, body?: unknown): Promise<Answer>
  docker(args: readonly string[], options?: DockerOptions): Promise<RunResult>
  pocker(args: readonly string[], options?: RunOptions): Promise<RunResult>
  /** Ends the process by `signal` (SIGTERM) and waits for its end; containers go on. */
  end(signal?: NodeJS.Signals): Promise<void>
  /** As `end`, then starts another on the same folders and socket. */
  restart(signal?: NodeJS.Signals): Promise<void>
}

/** What is missing to start a helper, as a sentence, or undefined. */
export function whyNoHelper(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root'
  if (!existsSync(program)) return 'no dist/pocker: run npm run build first'
  return undefined
}

/** Starts `dist/pocker helper` and waits for the line that says it listens. Dispose of it to remove its containers, end it and remove its folders. */
export async function startHelper(options: HelperOptions = {}): Promise<TestHelper> {
  const folder = makeTemporaryFolder('helper')
  const place = {
    socket: join(folder.path, 'pocker.sock'),
    dataRoot: options.dataRoot ?? join(folder.path, 'data'),
    runRoot: join(folder.path, 'run'),
  }
  const args = ['helper', '--data-root', place.dataRoot, '--run-root', place.runRoot, '--socket', place.socket]
  args.push('--idle-timeout', '600', ...(options.network === undefined ? ['--bridge', 'none'] : []), ...(options.args ?? []))
  let current = await launch(args, options).catch(async (error: unknown) => {
    await folder[Symbol.asyncDispose]()
    throw error
  })
  const client = makeClient(place.socket)

  const end = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    client[Symbol.dispose]()
    await endProcess(current, signal)
  }
  return {
    ...place,
    client,
    pid: () => current.process.pid ?? -1,
    stderr: () => current.stderr.join(''),
    request: (method, path, body) => client.send(method, path, body),
    docker: (words, dockerOptions) => dockerCli(place.socket, words, dockerOptions),
    pocker: (words, runOptions = {}) =>
      run(program, words, { ...runOptions, env: { ...(runOptions.env ?? process.env), POCKER_HOST: `unix://${place.socket}` } }),
    end,
    async restart(signal) {
      await end(signal)
      current = await launch(args, options)
    },
    async [Symbol.asyncDispose]() {
      if (hasEnded(current.process)) current = await launch(args, options)
      await removeContainers(client)
      await end()
      await folder[Symbol.asyncDispose]()
    },
  }
}

interface Running {
  readonly process: ChildProcess
  readonly stderr: string[]
}

async function launch(args: readonly string[], { env, inherited = [], hosts, resolvConf, network }: HelperOptions): Promise<Running> {
  // Far apart, which spawn cannot do itself: Node closes those that follow one another.
  const open = inherited.map((fd) => `exec ${fd}</`)
  const hidden = [
    ...(hosts === undefined ? [] : [`${hosts}:/etc/hosts`]),
    ...(resolvConf === undefined ? [] : [`${resolvConf}:/etc/resolv.conf`]),
  ]
  const hide = hidden.length === 0 ? [] : ['for pair in $HIDDEN; do mount --bind "${pair%%:*}" "${pair##*:}"; done']
  const script = [...open, ...hide, 'exec "$0" "$@"'].join('; ')
  const shell = ['bash', '-ec', script, program, ...args]
  const plain =
    hidden.length > 0 ? ['env', `HIDDEN=${hidden.join(' ')}`, 'unshare', '--mount', ...shell] : open.length > 0 ? shell : [program, ...args]
  const [command = '', ...words] = network?.enter(...plain) ?? plain
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'], ...(env === undefined ? {} : { env }) })
  const stderr: string[] = []
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk.toString()))
  const line = await Promise.race([readLine(child.stdout), once(child, 'exit'), once(AbortSignal.timeout(START_DEADLINE), 'abort')])
  if (typeof line !== 'string') {
    child.kill('SIGKILL')
    throw new Error(`start the helper: no line on its stdout: ${stderr.join('')}`)
  }
  JSON.parse(line)
  return { process: child, stderr }
}

async function readLine(stream: NodeJS.ReadableStream): Promise<string> {
  const [line]: string[] = await once(createInterface(stream), 'line')
  return line ?? ''
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

async function endProcess(running: Running, signal: NodeJS.Signals): Promise<void> {
  const child = running.process
  if (hasEnded(child)) return
  const exit = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE)
  await exit
  clearTimeout(timer)
  if (signal !== 'SIGKILL' && child.signalCode === 'SIGKILL') {
    throw new Error(`end the helper: it was still there ${STOP_DEADLINE / 1000} s after ${signal}: ${running.stderr.join('')}`)
  }
}

async function removeContainers(client: Client): Promise<void> {
  const list = await client.send('GET', '/containers/json?all=1')
  if (!Array.isArray(list.body)) throw new Error(`list containers: ${JSON.stringify(list.body)}`)
  for (const { Id } of list.body) {
    const answer = await client.send('DELETE', `/containers/${Id}?force=1`)
    if (answer.status >= 400 && answer.status !== 404) throw new Error(`remove container ${Id}: ${JSON.stringify(answer.body)}`)
  }
}
