/** A machine that is reached over SSH, with the helper on it. */
import type { Duplex } from 'node:stream'
import { PockerError } from '../helper/api/errors.ts'
import { startedSchema } from '../helper/api/helper.ts'
import { formatAddress, parseAddress, type SshAddress } from './address.ts'
import type { ConfigPlace } from './config/host-settings.ts'
import { type ConfiguredHost, listHosts } from './config/list-hosts.ts'
import { defaultFiles } from './config/read-config.ts'
import { connectTo } from './connection/connect.ts'
import type { SshConnection } from './connection/ssh-connection.ts'
import { runAsRoot } from './delivery/become-root.ts'
import { helperVersion, isLower, isRootFree } from './delivery/is-older.ts'
import { type Payload, programName } from './delivery/payload.ts'
import { type Probe, probe } from './delivery/probe.ts'
import { removeUpload } from './delivery/remove-upload.ts'
import { upload } from './delivery/upload.ts'
import type { Questions } from './questions.ts'
import { type Bridge, openBridge } from './transport/bridge.ts'
import { likeSocket } from './transport/like-socket.ts'
import { type Local, servePort, serveSocket } from './transport/serve-locally.ts'

export interface RemoteOptions {
  readonly address: SshAddress
  readonly place: ConfigPlace
  /** The program for an architecture; undefined where there is none here. Errors: files that are damaged. */
  readonly payload: (architecture: Probe['architecture']) => Payload | undefined
  /** Where the helper has its sockets there, and its data: the usual places when left out. */
  readonly runRoot?: string
  readonly dataRoot?: string
  /** Told of what takes time: a sentence's part for people comes from the code, numbers in bytes. */
  readonly progress?: (step: Step) => void
}

export type Step =
  | { readonly kind: 'connecting' | 'looking' | 'starting' | 'ready' }
  | { readonly kind: 'uploading'; readonly sent: number; readonly all: number }

export interface Asking {
  /** Undefined: nobody may be asked. */
  readonly questions: Questions | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a connection that is up leads to. */
interface Link {
  readonly connection: SshConnection
  /** The engine's socket there. */
  readonly socket: string
  readonly program: string | undefined
  bridge: Promise<Bridge> | undefined
  /** The server has forwarded once: what it refuses now is not forwarding. */
  isForwarding?: boolean
}

const RUN_ROOT = '/run/pocker'

export class Remote {
  readonly #options: RemoteOptions
  #link: Promise<Link> | undefined
  /** Of a link whose engine is gone: the next one goes over it too, so that nobody is asked for a password again. */
  #spare: SshConnection | undefined
  #isLeaving = false

  constructor(options: RemoteOptions) {
    this.#options = options
  }

  /** As `parseAddress` reads it. */
  get address(): string {
    return formatAddress(this.#options.address)
  }

  /**
   * Connects and has the helper run, if that is not so already; all who call at the same time wait for the same. Errors: those of `connectTo`, `probe`,
   * `upload` and `runAsRoot`.
   */
  async connect(asking: Asking): Promise<void> {
    await this.#up(asking)
  }

  /** A connection to the engine. Errors: those of `connect`; `engine-not-there` when nobody listens any more: the next use has the helper run again. */
  async openEngine(asking: Asking = { questions: undefined }): Promise<Duplex> {
    const up = this.#up(asking)
    const link = await up
    const stream = await this.#openEngineOf(link).catch((error: unknown) => {
      if (isNobody(error) && this.#options.address.socket === undefined) this.#leave(up, link)
      throw error
    })
    // As with a socket of this machine: what the engine has ended is over.
    stream.once('end', () => stream.end())
    return stream
  }

  /** A connection to a port, as that machine sees it. Errors: as `openEngine`. */
  async openPort(host: string, port: number): Promise<Duplex> {
    const link = await this.#up({ questions: undefined })
    return await this.#open(
      link,
      (connection) => connection.openPort(host, port),
      (bridge) => bridge.openPort(host, port),
    )
  }

  /** A port of this machine's loopback interface that leads to one there: the same number where it is free. */
  async servePort(host: string, port: number): Promise<Local> {
    return await servePort(() => this.openPort(host, port), port)
  }

  /** A socket here that leads to the engine there. */
  async serveSocket(path: string, asking: Asking): Promise<Local> {
    return await serveSocket(() => this.openEngine(asking), path)
  }

  /** Resolves with the reason when the present connection is over; undefined without one. */
  async lost(): Promise<PockerError | undefined> {
    return await (await this.#link?.catch(() => undefined))?.connection.closed
  }

  /** Drops the connection; the next use makes a new one. */
  disconnect(): void {
    this.#link?.then(({ connection }) => connection.close()).catch(() => undefined)
    this.#link = undefined
    this.#spare?.close()
    this.#spare = undefined
  }

  /**
   * Removes Pocker from the machine, with all containers and images. From then on, and once it has succeeded, `connect` fails with `being-removed`:
   * whoever misses the helper would bring it back. Errors: those of `connectTo` and `runAsRoot`; `still-mounted`.
   */
  async uninstall(asking: Asking): Promise<void> {
    this.#isLeaving = true
    try {
      // It may be bringing the program there just now.
      await this.#link?.catch(() => undefined)
      await this.#remove(asking)
    } catch (error) {
      this.#isLeaving = false
      throw error
    } finally {
      this.disconnect()
    }
  }

  async #remove(asking: Asking): Promise<void> {
    const { address, place, runRoot = RUN_ROOT, dataRoot } = this.#options
    const connection = await connectTo(address, { place, ...asking })
    try {
      const found = await this.#probe(connection)
      const data = dataRoot === undefined ? [] : ['--data-root', dataRoot]
      await this.#asRoot({ connection, found, words: ['uninstall', '--run-root', runRoot, ...data] }, asking)
    } finally {
      connection.close()
    }
  }

  #up(asking: Asking): Promise<Link> {
    if (this.#isLeaving)
      return Promise.reject(
        new PockerError('Unavailable', `connect to ${this.address}: Pocker is being removed from it`, { code: 'being-removed' }),
      )
    if (this.#link !== undefined) return this.#link
    const link = this.#bringUp(asking)
    const forget = () => {
      if (this.#link === link) this.#link = undefined
    }
    this.#link = link
    link.then(({ connection }) => connection.closed).then(forget, forget)
    return link
  }

  async #bringUp(asking: Asking): Promise<Link> {
    const { address, place, progress } = this.#options
    progress?.({ kind: 'connecting' })
    const connection = this.#takeSpare() ?? (await connectTo(address, { place, ...asking }))
    try {
      if (address.socket !== undefined) return { connection, socket: address.socket, program: undefined, bridge: undefined }
      progress?.({ kind: 'looking' })
      const found = await this.#probe(connection)
      const running = { connection, socket: found.socket, program: found.program, bridge: undefined }
      if (found.hasSocket && (await this.#answers(running)) && !(await this.#mayMakeRoom(running, found))) return running
      const { socket, program } = startedSchema.parse(await this.#asRoot({ connection, found, words: this.#startWords(found) }, asking))
      return { connection, socket, program, bridge: undefined }
    } catch (error) {
      connection.close()
      throw error
    } finally {
      progress?.({ kind: 'ready' })
    }
  }

  async #probe(connection: SshConnection): Promise<Probe> {
    const { payload, runRoot = RUN_ROOT } = this.#options
    const names = (['x64', 'arm64'] as const).flatMap((architecture) => {
      const found = payload(architecture)
      return found === undefined ? [] : [[architecture, programName(found)] as const]
    })
    return await probe(connection, { runRoot, programs: Object.fromEntries(names) })
  }

  #startWords({ uid }: Probe): string[] {
    const { runRoot = RUN_ROOT, dataRoot } = this.#options
    const data = dataRoot === undefined ? [] : ['--data-root', dataRoot]
    return ['helper', 'start', '--user', String(uid), '--run-root', runRoot, ...data]
  }

  async #asRoot({ connection, found, words }: { connection: SshConnection; found: Probe; words: readonly string[] }, asking: Asking) {
    const { progress, address } = this.#options
    const payload = this.#options.payload(found.architecture)
    if (payload === undefined)
      throw new PockerError('NotImplemented', `start the helper there: there is no program for ${found.architecture} here`, {
        code: 'no-payload',
      })
    const sending = {
      payload,
      signal: asking.signal,
      progress: (sent: number, all: number) => progress?.({ kind: 'uploading', sent, all }),
    }
    const source = found.hasOwnProgram ? '' : await upload(connection, sending)
    progress?.({ kind: 'starting' })
    const of = `${address.user === undefined ? '' : `${address.user}@`}${address.host}`
    try {
      const answer = await runAsRoot(connection, { source: source || '/nowhere', files: payload.files, words }, { ...found, ...asking, of })
      throwTold(answer)
      return answer
    } finally {
      if (source !== '' && connection.isOpen) await removeUpload(connection, source)
    }
  }

  /** Whether an older helper runs that a newer one can follow without a question; its containers go on. Otherwise it is used as it is. */
  async #mayMakeRoom(running: Link, found: Probe): Promise<boolean> {
    const payload = this.#options.payload(found.architecture)
    if (payload === undefined) return false
    const stream = await this.#openEngineOf(running)
    const version = await helperVersion(stream)
    return isLower(version, payload.version) && (await isRootFree(running.connection, found))
  }

  /** A socket that nobody listens on any more is left by a helper that was killed. */
  async #answers(link: Link): Promise<boolean> {
    try {
      const stream = await this.#openEngineOf(link)
      stream.destroy()
      return true
    } catch (error) {
      if (!isNobody(error)) throw error
      await link.bridge?.then((bridge) => bridge.close())
      return false
    }
  }

  /** What was reached by this link is gone. */
  #leave(up: Promise<Link>, { connection, bridge }: Link): void {
    if (this.#link !== up) return
    this.#link = undefined
    this.#spare = connection
    bridge?.then((each) => each.close()).catch(() => undefined)
  }

  #takeSpare(): SshConnection | undefined {
    const spare = this.#spare
    this.#spare = undefined
    return spare?.isOpen === true ? spare : undefined
  }

  async #openEngineOf(link: Link): Promise<Duplex> {
    return await this.#open(
      link,
      (connection) => connection.openSocket(link.socket),
      (bridge) => bridge.openSocket(),
    )
  }

  async #open(
    link: Link,
    directly: (connection: SshConnection) => Promise<Duplex>,
    over: (bridge: Bridge) => Promise<Duplex>,
  ): Promise<Duplex> {
    if (link.bridge !== undefined) return await over(await link.bridge)
    try {
      const stream = likeSocket(await directly(link.connection))
      link.isForwarding = true
      return stream
    } catch (error) {
      if (link.program === undefined || !mayBeRefused(error, link)) throw error
      // All who are refused at the same time share one.
      link.bridge ??= openBridge(link.connection, link.program, link.socket)
      const bridge = await link.bridge.catch(() => {
        link.bridge = undefined
        throw error
      })
      return await over(bridge)
    }
  }
}

function isNobody(error: unknown): boolean {
  return error instanceof PockerError && error.code === 'engine-not-there'
}

/** OpenSSH has the same words for a socket that it does not forward to and for one that nobody listens on. */
function mayBeRefused(error: unknown, { isForwarding = false }: Link): boolean {
  return (error instanceof PockerError && error.code === 'ssh-forbidden') || (isNobody(error) && !isForwarding)
}

/** The error that the script or the program has told. */
function throwTold(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return
  const code = String(answer.error)
  const message = 'message' in answer && typeof answer.message === 'string' ? answer.message : `start the helper there: ${code}`
  const hint = 'hint' in answer && typeof answer.hint === 'string' ? { hint: answer.hint } : {}
  throw new PockerError('Unavailable', message, { code, ...hint })
}

export interface OpeningOptions extends Omit<RemoteOptions, 'address' | 'place'> {
  /** The user's home here. */
  readonly home: string
  readonly env: ConfigPlace['env']
}

/** The machine at an address, as people write it. Nothing is connected. Errors: `bad-ssh-address`. */
export function openRemoteAt(address: string, { home, env, ...options }: OpeningOptions): Remote {
  return new Remote({ ...options, address: parseAddress(address), place: { files: defaultFiles(home), env } })
}

/** Errors: `bad-ssh-address` for what is no address. */
export function checkAddress(text: string): void {
  parseAddress(text)
}

/** The hosts that the user's configuration names. Errors: those of `listHosts`. */
export function configuredHosts(home: string, env: ConfigPlace['env']): readonly ConfiguredHost[] {
  return listHosts({ files: defaultFiles(home), env })
}
